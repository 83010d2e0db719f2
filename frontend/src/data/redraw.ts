import type { AnyRecord, List, Task } from '@/api/types.ts';
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

/** Shows records anew; those that nothing waits for lose their base. */
export async function redraw(db: Local, keys: string[]): Promise<void> {
  const bases = (await db.bases.bulkGet(keys)).filter((base) => !!base);
  const entries =
    keys.length > FEW
      ? await db.outbox.toArray()
      : await db.outbox.where('affects').anyOf(keys).distinct().sortBy('seq');
  const waiting = entries.map((entry) => ({
    entry,
    affects: new Set(entry.affects),
  }));
  const shown: Shown[] = [];
  const free: string[] = [];
  for (const { key, record } of bases) {
    const own = waiting.filter(({ affects }) => affects.has(key));
    shown.push(
      drawn(
        key,
        record,
        own.map(({ entry }) => entry),
      ),
    );
    if (own.length === 0) {
      free.push(key);
    }
  }
  await show(db, shown);
  await db.bases.bulkDelete(free);
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
  const gone: { task: string[]; list: string[] } = { task: [], list: [] };
  for (const { key, record, parked } of all) {
    const { kind, id } = splitKey(key);
    if (record === null) {
      gone[kind].push(id);
    } else if (kind === 'task') {
      tasks.push(toTaskRow(record as Task, parked));
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
  const ids = missing.map((key) => splitKey(key).id);
  const tasks = await db.tasks.bulkGet(ids);
  const lists = await db.lists.bulkGet(ids);
  await db.bases.bulkPut(
    missing.map((key, index) => {
      const { kind } = splitKey(key);
      return {
        key,
        record: (kind === 'task' ? tasks[index] : lists[index]) ?? null,
      };
    }),
  );
}

/** What waits for a record, in the order in which it was done. */
export function entriesOf(db: Local, key: string): Promise<Entry[]> {
  return db.outbox.where('affects').equals(key).sortBy('seq');
}

/** What is shown of a record; undefined: nothing. */
export async function shownRecord(
  db: Local,
  key: string,
): Promise<AnyRecord | undefined> {
  const { kind, id } = splitKey(key);
  return kind === 'task' ? db.tasks.get(id) : db.lists.get(id);
}

function splitKey(key: string): { kind: 'task' | 'list'; id: string } {
  const [kind, id = ''] = key.split(':');
  return { kind: kind === 'task' ? 'task' : 'list', id };
}
