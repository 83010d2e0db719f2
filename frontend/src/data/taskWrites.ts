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

/** Adds a task at the top of its list or of the inbox. */
export function addTask(wanted: {
  title: string;
  listId: string | null;
  due: Due | null;
}): Promise<void> {
  const id = newId();
  const body = {
    id,
    title: wanted.title,
    list_id: wanted.listId,
    due: wanted.due,
    // Others have the time of their creation: this is before all of them.
    order: -Date.now(),
  };
  return write({ kind: 'task', id, op: { type: 'create', body } });
}
