import { send } from './client.ts';
import { nextPath } from './link.ts';
import type { List } from './types.ts';

/** All lists: there are few, so the pages are read to the end. */
export async function listLists(signal?: AbortSignal): Promise<List[]> {
  const lists: List[] = [];
  let path: string | null = '/api/lists?limit=200';
  while (path !== null) {
    const response: Response = await send('GET', path, { signal });
    lists.push(...((await response.json()) as List[]));
    path = nextPath(response.headers.get('Link'));
  }
  return lists;
}
