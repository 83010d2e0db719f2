import { useLiveQuery } from 'dexie-react-hooks';
import { useSyncExternalStore } from 'react';
import type { AnyRecord, List, Task } from '@/api/types.ts';
import { type Entry, keyOf, type Link } from './db.ts';
import { liveStore } from './liveStore.ts';
import { local } from './local.ts';
import { shownRecords } from './redraw.ts';

export interface SyncState {
  /** Writes that the server does not have. */
  waiting: number;
  /** Those of them that wait for the person's decision. */
  parked: number;
  offline: boolean;
  /** Whether everything that the server had was here once. */
  loaded: boolean;
}

const useStored = liveStore(async () => {
  const { outbox, meta } = local();
  const waiting = await outbox.count();
  const queued = await outbox.where('state.type').equals('queued').count();
  const link = (await meta.get('link')) as Link | undefined;
  const loaded = (await meta.get('feed')) !== undefined;
  return {
    waiting,
    parked: waiting - queued,
    offline: link === 'down',
    loaded,
  };
});

/** undefined until it is read. */
export function useSyncState(): SyncState | undefined {
  const online = useOnline();
  const stored = useStored();
  return stored && { ...stored, offline: stored.offline || !online };
}

function subscribeOnline(listener: () => void): () => void {
  window.addEventListener('online', listener);
  window.addEventListener('offline', listener);
  return () => {
    window.removeEventListener('online', listener);
    window.removeEventListener('offline', listener);
  };
}

function useOnline(): boolean {
  return useSyncExternalStore(subscribeOnline, () => navigator.onLine);
}

/** An entry of the outbox and what it is about, as it is shown now. */
export interface OutboxItem {
  entry: Entry;
  name: string;
}

/** The oldest entries of the outbox. */
export function useOutbox(limit: number): OutboxItem[] | undefined {
  return useLiveQuery(async () => {
    const db = local();
    const entries = await db.outbox.limit(limit).toArray();
    const keys = entries.map(({ kind, id }) => keyOf(kind, id));
    const shown = await shownRecords(db, keys);
    return entries.map((entry, index) => ({
      entry,
      name: nameOf(shown.get(keys[index] ?? '')),
    }));
  }, [limit]);
}

function nameOf(record: AnyRecord | undefined): string {
  return (record as Task)?.title ?? (record as List)?.name ?? '';
}

/** What waits for a decision; undefined until it is read. */
export const useParked = liveStore(() =>
  local().outbox.where('state.type').notEqual('queued').toArray(),
);

/** The same, of one task. */
export function useParkedOf(taskId: string): Entry[] {
  const parked = useParked() ?? [];
  return parked.filter(({ kind, id }) => kind === 'task' && id === taskId);
}
