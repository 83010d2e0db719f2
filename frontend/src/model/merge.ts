import type { Task, TaskPatch } from '@/api/types.ts';

type Field = keyof TaskPatch;

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/**
 * The fields of a patch that someone else changed meanwhile to something
 * else: those the person must decide, all others merge by themselves.
 */
export function clashes(base: Task, current: Task, patch: TaskPatch): Field[] {
  return (Object.keys(patch) as Field[]).filter(
    (field) =>
      !same(base[field], current[field]) && !same(current[field], patch[field]),
  );
}

/** A task as it will be once the patch is stored. */
export function withPatch(task: Task, patch: Partial<Task>): Task {
  const next = { ...task, ...patch };
  if (patch.completed !== undefined && patch.completed_at === undefined) {
    next.completed_at = patch.completed ? new Date().toISOString() : null;
  }
  return next;
}
