import { sendJson } from './client.ts';
import type { Task } from './types.ts';

export function restoreTask(id: string): Promise<Task> {
  return sendJson('POST', `/api/tasks/${id}/restore`);
}
