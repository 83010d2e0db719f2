import { send } from './client.ts';
import { nextPath } from './link.ts';
import type { Page, Task } from './types.ts';

/** `path` is /api/tasks with its query, or the `next` of a page. */
export async function listTasks(
  path: string,
  signal?: AbortSignal,
): Promise<Page<Task>> {
  const response = await send('GET', path, { signal });
  const items = (await response.json()) as Task[];
  return { items, next: nextPath(response.headers.get('Link')) };
}
