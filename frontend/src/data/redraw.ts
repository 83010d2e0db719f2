import type { AnyRecord, Kind, List, Task, User } from '@/api/types.ts';
import {
  type Entry,
  keyOf,
  type Local,
  type TaskRow,
  toTaskRow,
} from './db.ts';
import { applyEntry } from './rebase.ts';

/*
 * What the tables show follows from bases and outbox alone. All that changes
 * one of these two runs in a transaction over the four and ends with redraw().
 */

export function inTransaction<T>(
  db: Local,
  work: () => Promise<T>,
): Promise<T> {
  const { tasks, lists, bases, outbox, meta } = db;
  return db.transaction('rw', [tasks, lists, bases, outbox, meta], work);
}

/** More records than this: it is faster to read the whole outbox. */
const FEW = 20;

/** What waits for each of these, in the order in which it was done. */
export async function pendingOf(
  db: Local,
  keys: string[],
): Promise<Map<string, Entry[]>> {
  const entries =
    keys.length > FEW
      ? await db.outbox.toArray()
      : await db.outbox.where('affects').anyOf(keys).distinct().sortBy('seq');
  const wanted = new Set(keys);
  const pending = new Map<string, Entry[]>();
  for (const entry of entries) {
    for (const key of entry.affects) {
      const list = pending.get(key);
      if (list) {
        list.push(entry);
      } else if (wanted.has(key)) {
        pending.set(key, [entry]);
      }
    }
  }
  return pending;
}

/** Shows records anew; those that nothing waits for lose their base. */
export async function redraw(db: Local, keys: string[]): Promise<void> {
  const bases = (await db.bases.bulkGet(keys)).filter((base) => !!base);
  const pending = await pendingOf(db, keys);
  await show(
    db,
    bases.map(({ key, record }) => drawn(key, record, pending.get(key) ?? [])),
  );
  await db.bases.bulkDelete(
    bases.map(({ key }) => key).filter((key) => !pending.has(key)),
  );
}

interface Shown {
  key: string;
  record: AnyRecord | null;
  parked: boolean;
}

function drawn(key: string, record: AnyRecord | null, entries: Entry[]): Shown {
  return {
    key,
    record: entries.reduce<AnyRecord | null>(
      (before, entry) => applyEntry(before, entry, key),
      record,
    ),
    parked: entries.some(
      (entry) =>
        entry.state.type !== 'queued' && keyOf(entry.kind, entry.id) === key,
    ),
  };
}

async function show(db: Local, all: Shown[]): Promise<void> {
  const tasks: TaskRow[] = [];
  const lists: List[] = [];
  const gone: Record<Kind, string[]> = { task: [], list: [], user: [] };
  for (const { key, record, parked } of all) {
    const { kind, id } = splitKey(key);
    if (record === null) {
      gone[kind].push(id);
    } else if (kind === 'task') {
      tasks.push(toTaskRow(record as Task, parked));
    } else if (kind === 'user') {
      await db.meta.put(record as User, 'user');
    } else {
      lists.push(record as List);
    }
  }
  await db.tasks.bulkPut(tasks);
  await db.lists.bulkPut(lists);
  await db.tasks.bulkDelete(gone.task);
  await db.lists.bulkDelete(gone.list);
}

/** From now on what the server has of these is kept by itself. */
export async function keepBases(db: Local, keys: string[]): Promise<void> {
  const known = await db.bases.bulkGet(keys);
  const missing = keys.filter((_, index) => !known[index]);
  const shown = await shownRecords(db, missing);
  await db.bases.bulkPut(
    missing.map((key) => ({ key, record: shown.get(key) ?? null })),
  );
}

/** What waits for a record, in the order in which it was done. */
export function entriesOf(db: Local, key: string): Promise<Entry[]> {
  return db.outbox.where('affects').equals(key).sortBy('seq');
}

/** Records as they are shown, by their keys. */
export async function shownRecords(
  db: Local,
  keys: string[],
): Promise<Map<string, AnyRecord>> {
  const of = (kind: Kind) =>
    keys
      .map(splitKey)
      .filter((each) => each.kind === kind)
      .map(({ id }) => id);
  const found = new Map<string, AnyRecord>();
  for (const task of await db.tasks.bulkGet(of('task'))) {
    if (task) {
      found.set(keyOf('task', task.id), task);
    }
  }
  for (const list of await db.lists.bulkGet(of('list'))) {
    if (list) {
      found.set(keyOf('list', list.id), list);
    }
  }
  const [me] = of('user');
  const user = (await db.meta.get('user')) as User | undefined;
  if (me && user) {
    found.set(keyOf('user', me), user);
  }
  return found;
}

function splitKey(key: string): { kind: Kind; id: string } {
  const [kind, id = ''] = key.split(':');
  return { kind: kind as Kind, id };
}
