import { sendJson } from './client.ts';
import type { NewTask, Task } from './types.ts';

export function createTask(task: NewTask): Promise<Task> {
  return sendJson('POST', '/api/tasks', { body: task });
}
