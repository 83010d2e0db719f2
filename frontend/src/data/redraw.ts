import type { AnyRecord, List, Task } from '@/api/types.ts';
import { type Base, type Entry, keyOf, type Local, toTaskRow } from './db.ts';
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

/** Shows records anew; those that nothing waits for lose their base. */
export async function redraw(db: Local, keys: string[]): Promise<void> {
  for (const key of keys) {
    const base = await db.bases.get(key);
    if (base) {
      await redrawOne(db, base);
    }
  }
}

async function redrawOne(db: Local, base: Base): Promise<void> {
  const { key } = base;
  const entries = await entriesOf(db, key);
  const shown = entries.reduce<AnyRecord | null>(
    (record, entry) => applyEntry(record, entry, key),
    base.record,
  );
  const parked = entries.some(
    (entry) =>
      entry.state.type !== 'queued' && keyOf(entry.kind, entry.id) === key,
  );
  await show(db, key, shown, parked);
  if (entries.length === 0) {
    await db.bases.delete(key);
  }
}

async function show(
  db: Local,
  key: string,
  record: AnyRecord | null,
  parked: boolean,
): Promise<void> {
  const { kind, id } = splitKey(key);
  if (record === null) {
    await (kind === 'task' ? db.tasks : db.lists).delete(id);
  } else if (kind === 'task') {
    await db.tasks.put(toTaskRow(record as Task, parked));
  } else {
    await db.lists.put(record as List);
  }
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
