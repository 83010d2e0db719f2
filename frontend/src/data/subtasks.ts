import { useLiveQuery } from 'dexie-react-hooks';
import { newId } from '@/api/ids.ts';
import type { Task } from '@/api/types.ts';
import { dayOf } from '@/model/dates.ts';
import { byOrder, placed } from '@/model/order.ts';
import type { TaskRow } from './db.ts';
import { local, writeAll } from './local.ts';
import { tasksIn } from './tasks.ts';
import { changeTasks } from './taskWrites.ts';
import { lineage, readTree } from './tree.ts';

/** The server allows no deeper trees: a task, its subtask, and so on. */
export const DEPTH_MAX = 8;

/** Of a task, in their order, done ones too; undefined until they are read. */
export function useSubtasks(parentId: string): TaskRow[] | undefined {
  return useLiveQuery(() => subtasksOf(parentId), [parentId]);
}

export async function subtasksOf(parentId: string): Promise<TaskRow[]> {
  const found = await local()
    .tasks.where('parent_id')
    .equals(parentId)
    .toArray();
  return found.filter((task) => task.deleted_at === null).sort(byOrder);
}

/** Adds subtasks behind those that are there; they are undone at once. */
export async function addSubtasks(
  parent: Task,
  titles: string[],
): Promise<void> {
  // Later than all that got the time of their creation.
  const last = (await subtasksOf(parent.id)).at(-1)?.order ?? 0;
  const from = Math.max(Date.now(), last + 1);
  await writeAll(
    titles.map((title, index) => {
      const id = newId();
      const body = {
        id,
        title,
        parent_id: parent.id,
        list_id: parent.list_id,
        order: from + index,
      };
      return { write: { kind: 'task', id, op: { type: 'create', body } } };
    }),
  );
}

/** Makes a subtask a task of its own, behind the one that it was below. */
export async function takeOut(task: Task): Promise<void> {
  const { id, list_id: listId } = task;
  const above = lineage(await readTree(local()), id);
  const rows = await tasksIn(
    listId === null ? { kind: 'inbox' } : { kind: 'list', listId },
    dayOf(new Date()),
  );
  const rest = rows.filter((row) => row.id !== id);
  const host = rest.findIndex((row) => above.includes(row.id));
  const changes = host < 0 ? [] : placed(rest, host + 1, [task]);
  const orders = new Map(changes.map((each) => [each.id, each.order]));
  const patches = [...new Set([id, ...orders.keys()])].map((each) => ({
    id: each,
    patch: {
      ...(each === id && { parent_id: null }),
      ...(orders.has(each) && { order: orders.get(each) }),
    },
  }));
  await changeTasks(patches);
}
