import { newId } from '@/api/ids.ts';
import type { Due, Patch, Task, TaskPatch } from '@/api/types.ts';
import { local, write, writeAll } from './local.ts';

/*
 * Each resolves once the change is shown and kept in the browser, online or
 * not. What the server says to it later is found in the outbox.
 */

/** `before`: what a text said when its typing began. */
export function changeTask(
  id: string,
  patch: TaskPatch,
  before?: Patch,
): Promise<void> {
  return write({ kind: 'task', id, op: { type: 'update', patch } }, before);
}

export function removeTask(task: Task): Promise<void> {
  return write({ kind: 'task', id: task.id, op: { type: 'delete' } });
}

export function bringBackTask(task: Task): Promise<void> {
  return write({ kind: 'task', id: task.id, op: { type: 'restore' } });
}

/** The same for many: shown at once, and undone at once. */
export function changeTasks(
  changes: { id: string; patch: TaskPatch }[],
): Promise<void> {
  return writeAll(
    changes.map(({ id, patch }) => ({
      write: { kind: 'task', id, op: { type: 'update', patch } },
    })),
  );
}

export function removeTasks(ids: string[]): Promise<void> {
  return writeAll(
    ids.map((id) => ({ write: { kind: 'task', id, op: { type: 'delete' } } })),
  );
}

export function bringBackTasks(ids: string[]): Promise<void> {
  return writeAll(
    ids.map((id) => ({ write: { kind: 'task', id, op: { type: 'restore' } } })),
  );
}

/** As they are now; those that are gone are left out. */
export async function tasksById(ids: readonly string[]): Promise<Task[]> {
  const tasks = await local().tasks.bulkGet([...ids]);
  return tasks.filter((task) => task !== undefined);
}

export interface NewTask
  extends Pick<TaskPatch, 'tags' | 'priority' | 'recurrence'> {
  title: string;
  listId: string | null;
  due: Due | null;
}

/** Adds tasks at the top of their list or of the inbox, in their order. */
export function addTasks(wanted: NewTask[]): Promise<void> {
  // Others have the time of their creation: this is before all of them.
  const top = -Date.now();
  return writeAll(
    wanted.map(({ listId, ...fields }, index) => {
      const id = newId();
      const order = top + index / wanted.length;
      const body = { id, ...fields, list_id: listId, order };
      return { write: { kind: 'task', id, op: { type: 'create', body } } };
    }),
  );
}
