import type { AnyRecord, Patch, Task, Write } from '@/api/types.ts';
import { same } from '@/model/same.ts';
import type { Done } from './outbox.ts';

/** What takes a write back; null: there is nothing to do. */
export interface Inverse {
  write: Write | null;
  /** Whether something stays, because somebody has changed it meanwhile. */
  left: boolean;
}

const NOTHING: Inverse = { write: null, left: false };
const LEFT: Inverse = { write: null, left: true };

/** What was typed into a task that is added; the rest may settle later. */
const TYPED = ['title', 'notes'] as const;

/**
 * What makes `now` again what it was before the write. Fields that say
 * something else by now than what was written belong to whoever did that.
 */
export function inverseOf(
  { write, was }: Done,
  now: AnyRecord | undefined,
): Inverse {
  const { kind, id, op } = write;
  if (op.type === 'update') {
    const isThere = was && now && !isGone(now);
    return isThere ? updateBack(write, was, now) : LEFT;
  }
  if (isGone(now) === isGone(was)) {
    return NOTHING;
  }
  if (op.type === 'create' && !isTyped(op.body, now)) {
    return LEFT;
  }
  const type = isGone(was) ? 'delete' : 'restore';
  return { write: { kind, id, op: { type } }, left: false };
}

function isGone(record: AnyRecord | undefined): boolean {
  // A user has no such field.
  return record === undefined || !!(record as Partial<Task>).deleted_at;
}

function isTyped(body: Patch, now: AnyRecord | undefined): boolean {
  return TYPED.every(
    (field) =>
      body[field] === undefined ||
      same((now as Patch | undefined)?.[field], body[field]),
  );
}

function updateBack(write: Write, was: AnyRecord, now: AnyRecord): Inverse {
  const set = write.op.type === 'update' ? write.op.patch : {};
  const { patch, left } = patchBack(set, was, now);
  return {
    write:
      Object.keys(patch).length === 0
        ? null
        : { ...write, op: { type: 'update', patch } },
    left,
  };
}

function patchBack(
  set: Patch,
  was: AnyRecord,
  now: AnyRecord,
): { patch: Patch; left: boolean } {
  const old = was as Patch;
  const current = now as Patch;
  const patch: Record<string, unknown> = {};
  let left = false;
  for (const field of Object.keys(set) as (keyof Patch)[]) {
    if (same(current[field], set[field])) {
      if (!same(old[field], set[field])) {
        patch[field] = old[field];
      }
    } else if (!same(current[field], old[field])) {
      left = true;
    }
  }
  if (set.completed && (was as Task).recurrence) {
    // It went on to its next date instead, or will once the server has it.
    const { due, start, recurrence } = was as Task;
    const hasMoved = patch.completed === false || !same(current.due, due);
    Object.assign(patch, hasMoved && { due, start, recurrence });
  }
  return { patch: patch as Patch, left };
}
