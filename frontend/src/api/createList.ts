import { sendJson } from './client.ts';
import type { List } from './types.ts';

export function createList(
  id: string,
  name: string,
  color: string | null,
): Promise<List> {
  return sendJson('POST', '/api/lists', { body: { id, name, color } });
}
