import { sendJson } from './client.ts';
import type { List } from './types.ts';

export function restoreList(id: string): Promise<List> {
  return sendJson('POST', `/api/lists/${id}/restore`);
}
