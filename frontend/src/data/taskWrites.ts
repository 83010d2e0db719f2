import type { QueryClient } from '@tanstack/react-query';
import { createTask } from '@/api/createTask.ts';
import { deleteTask } from '@/api/deleteTask.ts';
import { newId } from '@/api/ids.ts';
import { ApiProblem } from '@/api/problem.ts';
import { restoreTask } from '@/api/restoreTask.ts';
import type { Due, Task, TaskPatch } from '@/api/types.ts';
import { updateTask } from '@/api/updateTask.ts';
import { clashes } from '@/model/merge.ts';
import { topOrder } from './taskCache.ts';
import { confirmTask, writeNewTask, writeTask } from './writes.ts';

/** The same text was changed elsewhere: the person has to choose. */
export class TaskConflict extends Error {
  readonly current: Task;
  readonly requestId: string | null;

  constructor(current: Task, requestId: string | null) {
    super('Task changed elsewhere');
    this.current = current;
    this.requestId = requestId;
  }
}

const MAX_MERGES = 3;

/** Stores a patch; changes of other fields made elsewhere are merged. */
export function changeTask(
  client: QueryClient,
  task: Task,
  patch: TaskPatch,
): Promise<Task> {
  return writeTask(client, task, patch, async (confirmed) => {
    let base = confirmed;
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await updateTask(task.id, patch, base.version);
      } catch (error) {
        const current = currentOf(error);
        if (!current || attempt === MAX_MERGES) {
          throw error;
        }
        confirmTask(current);
        if (clashes(base, current, patch).length > 0) {
          throw new TaskConflict(current, (error as ApiProblem).requestId);
        }
        base = current;
      }
    }
  });
}

/** The task that a 412 shows as the stored one. */
function currentOf(error: unknown): Task | null {
  if (!(error instanceof ApiProblem) || error.status !== 412) {
    return null;
  }
  const current = error.body.current ?? error.body.task;
  return typeof current === 'object' ? (current as Task | null) : null;
}

export function removeTask(client: QueryClient, task: Task): Promise<Task> {
  const gone = { deleted_at: new Date().toISOString() };
  return writeTask(client, task, gone, async (confirmed) => {
    await deleteTask(task.id);
    return { ...confirmed, ...gone };
  });
}

export function bringBackTask(client: QueryClient, task: Task): Promise<Task> {
  return writeTask(client, task, { deleted_at: null }, () =>
    restoreTask(task.id),
  );
}

/** Adds a task at the top of its list or of the inbox. */
export function addTask(
  client: QueryClient,
  wanted: { title: string; listId: string | null; due: Due | null },
): Promise<Task> {
  const order = topOrder(
    client,
    wanted.listId === null
      ? { kind: 'inbox' }
      : { kind: 'list', listId: wanted.listId },
  );
  const sent = {
    id: newId(),
    title: wanted.title,
    list_id: wanted.listId,
    due: wanted.due,
    ...(order === undefined ? {} : { order }),
  };
  const now = new Date().toISOString();
  const shown: Task = {
    ...sent,
    order: order ?? 0,
    url: '',
    version: 0,
    notes: '',
    completed: false,
    completed_at: null,
    parent_id: null,
    priority: 'none',
    tags: [],
    start: null,
    recurrence: null,
    created_at: now,
    updated_at: now,
    deleted_at: null,
  };
  return writeNewTask(client, shown, () => createTask(sent));
}
