import { useCallback, useEffect, useState } from 'react';
import { useSyncState } from '@/data/syncState.ts';

export interface Remote<T> {
  /** undefined until it is loaded. */
  data?: T;
  error?: unknown;
}

/**
 * What only the server knows: it is asked once, again by `reload`, and again
 * when it can be reached after a time in which it could not.
 */
export function useRemote<T>(load: (signal: AbortSignal) => Promise<T>) {
  const [state, setState] = useState<Remote<T>>({});
  const [round, setRound] = useState(0);
  const offline = useSyncState()?.offline ?? false;
  // biome-ignore lint/correctness/useExhaustiveDependencies: what asks again
  useEffect(() => {
    const control = new AbortController();
    const { signal } = control;
    load(signal)
      .then((data) => !signal.aborted && setState({ data }))
      .catch((error: unknown) => {
        // What is there is better than nothing.
        if (!signal.aborted) {
          setState(({ data }) => ({ data, error }));
        }
      });
    return () => control.abort();
  }, [load, round, offline]);
  const reload = useCallback(() => setRound((now) => now + 1), []);
  return { ...state, offline, reload };
}
