import { sendJson } from './client.ts';
import type { List } from './types.ts';

/** All lists; they are few, so there are no pages. */
export function listLists(signal?: AbortSignal): Promise<List[]> {
  return sendJson('GET', '/api/lists', { signal });
}
