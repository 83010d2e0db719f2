import { sendJson } from './client.ts';
import type { Task, TaskPatch } from './types.ts';

export function updateTask(
  id: string,
  patch: TaskPatch,
  version: number,
): Promise<Task> {
  return sendJson('PATCH', `/api/tasks/${id}`, { body: patch, version });
}
