import type { Due, Task, TaskPatch } from '@/api/types.ts';

/** A due date, and what else must change for it to be allowed. */
export function withDue(
  { start, recurrence }: Pick<Task, 'start' | 'recurrence'>,
  due: Due | null,
): TaskPatch {
  if (due === null) {
    // What repeats needs a day to count from.
    return { due, ...(recurrence && { recurrence: null }) };
  }
  return start !== null && start > due.date
    ? { due, start: due.date }
    : { due };
}
