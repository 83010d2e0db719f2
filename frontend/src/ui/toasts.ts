import { useSyncExternalStore } from 'react';

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

let toasts: readonly Toast[] = [];
let lastId = 0;
const listeners = new Set<() => void>();

function set(next: readonly Toast[]): void {
  toasts = next;
  for (const listener of listeners) {
    listener();
  }
}

/** A note takes the place of the one before it; errors stay. */
export function showToast(toast: Omit<Toast, 'id'>): void {
  lastId += 1;
  const kept = toasts.filter(
    (other) => other.kind !== 'info' || toast.kind !== 'info',
  );
  set([...kept, { ...toast, id: lastId }].slice(-MAX_SHOWN));
}

export function dismissToast(id: number): void {
  set(toasts.filter((toast) => toast.id !== id));
}

export function clearToasts(): void {
  set([]);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function useToasts(): readonly Toast[] {
  return useSyncExternalStore(subscribe, () => toasts);
}
