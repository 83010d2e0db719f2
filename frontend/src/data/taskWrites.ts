import Dexie from 'dexie';
import { newId } from '@/api/ids.ts';
import type { Due, Patch, Task, TaskPatch } from '@/api/types.ts';
import { INBOX } from './db.ts';
import { local, write } from './local.ts';

const ORDER_STEP = 1024;

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

/** Adds a task at the top of its list or of the inbox. */
export async function addTask(wanted: {
  title: string;
  listId: string | null;
  due: Due | null;
}): Promise<void> {
  const id = newId();
  const top = await topOrder(wanted.listId);
  const body = {
    id,
    title: wanted.title,
    list_id: wanted.listId,
    due: wanted.due,
    order: top === null ? Date.now() : top - ORDER_STEP,
  };
  await write({ kind: 'task', id, op: { type: 'create', body } });
}

async function topOrder(listId: string | null): Promise<number | null> {
  const place = listId ?? INBOX;
  const first = await local()
    .tasks.where('[place+order+id]')
    .between(
      [place, Dexie.minKey, Dexie.minKey],
      [place, Dexie.maxKey, Dexie.maxKey],
    )
    .first();
  return first?.order ?? null;
}
