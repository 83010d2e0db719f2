import { useSyncExternalStore } from 'react';

/**
 * Tasks that were just checked off stay where they are for a moment, so that
 * one sees the check and can take it back.
 */
const LINGER_MS = 1200;

let ids: ReadonlySet<string> = new Set();
const listeners = new Set<() => void>();

function set(next: ReadonlySet<string>): void {
  ids = next;
  for (const listener of listeners) {
    listener();
  }
}

export function linger(id: string): void {
  set(new Set(ids).add(id));
  setTimeout(() => {
    const rest = new Set(ids);
    rest.delete(id);
    set(rest);
  }, LINGER_MS);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function useLingering(): ReadonlySet<string> {
  return useSyncExternalStore(subscribe, () => ids);
}
