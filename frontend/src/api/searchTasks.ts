import { send } from './client.ts';
import { nextPath } from './link.ts';
import type { Page, Task } from './types.ts';

/** The words go in the body, so that no log gets to see them. */
export async function searchTasks(
  query: string,
  cursor: string | null,
  signal?: AbortSignal,
): Promise<Page<Task>> {
  const body = cursor === null ? { query } : { query, cursor };
  const response = await send('POST', '/api/tasks/search', { body, signal });
  const items = (await response.json()) as Task[];
  const next = nextPath(response.headers.get('Link'));
  return { items, next: next && cursorOf(next) };
}

function cursorOf(path: string): string | null {
  return new URL(path, 'http://host').searchParams.get('cursor');
}
