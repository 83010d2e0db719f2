import { useLiveQuery } from 'dexie-react-hooks';
import type { Patch, User, UserPatch, WeekStart } from '@/api/types.ts';
import { readAccount } from './account.ts';
import { local, write } from './local.ts';

/** For what is drawn only when somebody is signed in; null until it is read. */
export function useUser(): User | null {
  return useLiveQuery(readMe, [], null);
}

async function readMe(): Promise<User | null> {
  return ((await local().meta.get('user')) as User | undefined) ?? null;
}

/** The first day of the week in calendars. */
export function useWeekStart(): WeekStart {
  return useUser()?.week_start ?? 'monday';
}

/**
 * As all changes: shown and kept at once, sent when there is a network.
 * `before`: what a text said when its typing began.
 */
export function changeMe(patch: UserPatch, before?: Patch): Promise<void> {
  // At once: the page may go away before anything is read.
  const id = readAccount()?.userId ?? '';
  return write({ kind: 'user', id, op: { type: 'update', patch } }, before);
}
