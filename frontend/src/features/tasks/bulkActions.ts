import type { Due, List, Priority, Task, TaskPatch } from '@/api/types.ts';
import { inTurn } from '@/data/inTurn.ts';
import {
  bringBackTasks,
  changeTasks,
  removeTasks,
  tasksById,
} from '@/data/taskWrites.ts';
import { t } from '@/i18n/i18n.ts';
import { withDue } from '@/model/withDue.ts';
import { showError } from '@/ui/errorText.ts';
import { undoToast } from '@/ui/undo.ts';

type Ids = readonly string[];

const queue = inTurn();

/** Each begins with what the one before has left. */
function attempt(...act: Parameters<typeof attemptNow>): Promise<void> {
  return queue(() => attemptNow(...act));
}

async function attemptNow(
  ids: Ids,
  act: (tasks: Task[]) => Promise<void> | null,
  said: (count: number) => string,
): Promise<void> {
  try {
    const tasks = await tasksById(ids);
    const done = act(tasks);
    if (done) {
      undoToast(said(tasks.length));
      await done;
    }
  } catch (error) {
    showError(t('error.save'), error);
  }
}

/** Those of the tasks that the patch would change get it. */
function change(
  ids: Ids,
  patchOf: (task: Task, chosen: ReadonlySet<string>) => TaskPatch | null,
  said: (count: number) => string,
): Promise<void> {
  const chosen = new Set(ids);
  return attempt(
    ids,
    (tasks) => {
      const changes = tasks.flatMap((task) => {
        const patch = patchOf(task, chosen);
        return patch ? [{ id: task.id, patch }] : [];
      });
      return changes.length === 0 ? null : changeTasks(changes);
    },
    said,
  );
}

/** What can be done to many tasks at once; each is undone at once, too. */
export const bulkActions = {
  complete: (ids: Ids, completed: boolean) =>
    change(
      ids,
      (task) => (task.completed === completed ? null : { completed }),
      (count) => t(completed ? 'bulk.completed' : 'bulk.reopened', { count }),
    ),
  due: (ids: Ids, due: Due | null) =>
    change(
      ids,
      (task) => withDue(task, due),
      (count) => t(due ? 'bulk.due' : 'bulk.noDue', { count }),
    ),
  priority: (ids: Ids, priority: Priority) =>
    change(
      ids,
      (task) => (task.priority === priority ? null : { priority }),
      (count) =>
        t('bulk.priority', { count, priority: t(`priority.${priority}`) }),
    ),
  move: (ids: Ids, list: List | null) =>
    change(
      ids,
      (task, chosen) => ({
        list_id: list?.id ?? null,
        // Without its parent it becomes a task of its own.
        ...(task.parent_id !== null &&
          !chosen.has(task.parent_id) && { parent_id: null }),
      }),
      (count) => t('bulk.moved', { count, list: list?.name ?? t('nav.inbox') }),
    ),
  tag: (ids: Ids, tag: string, on: boolean) =>
    change(
      ids,
      ({ tags }) =>
        tags.includes(tag) === on
          ? null
          : { tags: on ? [...tags, tag] : tags.filter((name) => name !== tag) },
      (count) => t(on ? 'bulk.tagged' : 'bulk.untagged', { count, tag }),
    ),
  remove: (ids: Ids) =>
    attempt(
      ids,
      (tasks) => removeTasks(tasks.map(({ id }) => id)),
      (count) => t('bulk.deleted', { count }),
    ),
  restore: (ids: Ids) =>
    attempt(
      ids,
      (tasks) => bringBackTasks(tasks.map(({ id }) => id)),
      (count) => t('bulk.restored', { count }),
    ),
};
