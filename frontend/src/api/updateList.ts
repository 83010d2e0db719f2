import { sendJson } from './client.ts';
import type { List, ListPatch } from './types.ts';

export function updateList(
  id: string,
  patch: ListPatch,
  version: number,
): Promise<List> {
  return sendJson('PATCH', `/api/lists/${id}`, { body: patch, version });
}
