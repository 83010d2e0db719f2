import { valueStore } from './valueStore.ts';

export interface Toast {
  id: number;
  /** A note goes by itself, an error or an offer stays. */
  kind: 'info' | 'offer' | 'error';
  text: string;
  detail?: string;
  requestId?: string | null;
  action?: { label: string; run: () => void };
}

const MAX_SHOWN = 3;

const toasts = valueStore<readonly Toast[]>([]);
let lastId = 0;

/** A note takes the place of the one before it; errors stay. */
export function showToast(toast: Omit<Toast, 'id'>): void {
  lastId += 1;
  const kept = toasts
    .get()
    .filter((other) => other.kind !== 'info' || toast.kind !== 'info');
  toasts.set([...kept, { ...toast, id: lastId }].slice(-MAX_SHOWN));
}

export function dismissToast(id: number): void {
  toasts.set(toasts.get().filter((toast) => toast.id !== id));
}

export function clearToasts(): void {
  toasts.set([]);
}

export const useToasts = toasts.use;
