import { liveQuery, type Subscription } from 'dexie';
import { useSyncExternalStore } from 'react';

/**
 * A hook for a query that many components draw from: it runs once for all of
 * them. undefined until it is read.
 */
export function liveStore<T>(query: () => Promise<T>): () => T | undefined {
  let value: T | undefined;
  let subscription: Subscription | null = null;
  const listeners = new Set<() => void>();

  const subscribe = (listener: () => void) => {
    listeners.add(listener);
    subscription ??= liveQuery(query).subscribe({
      next: (result) => {
        value = result;
        for (const each of listeners) {
          each();
        }
      },
      error: reportError,
    });
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0) {
        subscription?.unsubscribe();
        subscription = null;
        value = undefined;
      }
    };
  };
  return () => useSyncExternalStore(subscribe, () => value);
}
