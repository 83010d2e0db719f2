import { sendJson } from './client.ts';
import type { List } from './types.ts';

export function listDeletedLists(signal?: AbortSignal): Promise<List[]> {
  return sendJson('GET', '/api/lists?view=trash', { signal });
}
