import { valueStore } from '@/ui/valueStore.ts';

/**
 * Tasks that were just checked off stay where they are for a moment, so that
 * one sees the check and can take it back.
 */
const LINGER_MS = 1200;

const ids = valueStore<ReadonlySet<string>>(new Set());

export function linger(id: string): void {
  ids.set(new Set(ids.get()).add(id));
  setTimeout(() => {
    const rest = new Set(ids.get());
    rest.delete(id);
    ids.set(rest);
  }, LINGER_MS);
}

export const useLingering = ids.use;
