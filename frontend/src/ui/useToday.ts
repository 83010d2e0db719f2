import { useSyncExternalStore } from 'react';
import { dayOf } from '@/model/dates.ts';

const CHECK_MS = 20_000;

function subscribe(listener: () => void): () => void {
  const timer = setInterval(listener, CHECK_MS);
  document.addEventListener('visibilitychange', listener);
  return () => {
    clearInterval(timer);
    document.removeEventListener('visibilitychange', listener);
  };
}

/** The reader's day; changes at midnight and when a laptop wakes up. */
export function useToday(): string {
  return useSyncExternalStore(subscribe, () => dayOf(new Date()));
}
