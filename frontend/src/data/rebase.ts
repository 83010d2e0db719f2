import type { AnyRecord, Patch, Task } from '@/api/types.ts';
import { newList, newTask } from '@/model/fresh.ts';
import { same } from '@/model/same.ts';
import { type Entry, keyOf } from './db.ts';

/** The fields whose change is never written over unasked. */
const TEXTS = ['title', 'notes', 'name'] as const;

/** The record under `key` as it is once the entry is done. */
export function applyEntry(
  record: AnyRecord | null,
  entry: Pick<Entry, 'kind' | 'id' | 'op' | 'at'>,
  key: string,
): AnyRecord | null {
  const { op, at } = entry;
  if (op.type === 'create') {
    if (record !== null || key !== keyOf(entry.kind, entry.id)) {
      return record;
    }
    return entry.kind === 'task' ? newTask(op.body, at) : newList(op.body, at);
  }
  if (record === null) {
    return null;
  }
  switch (op.type) {
    case 'update':
      return key === keyOf(entry.kind, entry.id)
        ? withPatch(record, op.patch, at)
        : following(record, op.patch);
    case 'delete':
      return { ...record, deleted_at: (record as Task).deleted_at ?? at };
    case 'restore':
      return { ...record, deleted_at: null };
  }
}

/** Subtasks go to the list of the task that they are below. */
function following(record: AnyRecord, { list_id: list }: Patch): AnyRecord {
  return list === undefined ? record : { ...record, list_id: list };
}

function withPatch(record: AnyRecord, patch: Patch, at: string): AnyRecord {
  const next = { ...record, ...patch, updated_at: at } as AnyRecord;
  if (patch.completed !== undefined) {
    (next as Task).completed_at = patch.completed ? at : null;
  }
  return next;
}

/**
 * The texts of a patch that someone else has changed meanwhile to something
 * else, as they are now. All other fields merge: the later write wins.
 */
export function clashes(
  before: Patch,
  current: AnyRecord,
  patch: Patch,
): Patch | null {
  const theirs: Patch = {};
  const now = current as Patch;
  for (const field of TEXTS) {
    if (
      patch[field] !== undefined &&
      !same(before[field], now[field]) &&
      !same(now[field], patch[field])
    ) {
      theirs[field] = now[field];
    }
  }
  return Object.keys(theirs).length === 0 ? null : theirs;
}

/** Those fields of a record that a patch changes. */
export function beforePatch(record: AnyRecord, patch: Patch): Patch {
  return pick(record as Patch, Object.keys(patch));
}

/**
 * Splits a patch that waits for a decision when a newer one names some of its
 * fields: `rest` goes on waiting, `before` belongs to the newer one now.
 */
export function supersede(
  older: { patch: Patch; before: Patch },
  newer: Patch,
): { rest: Patch; before: Patch } {
  const names = Object.keys(older.patch);
  const taken = names.filter((name) => name in newer);
  const left = names.filter((name) => !(name in newer));
  return {
    rest: pick(older.patch, left),
    before: pick(older.before, taken),
  };
}

function pick(patch: Patch, names: string[]): Patch {
  return Object.fromEntries(
    Object.entries(patch).filter(([name]) => names.includes(name)),
  );
}
