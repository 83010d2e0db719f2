import { newId } from '@/api/ids.ts';
import type { List, ListPatch } from '@/api/types.ts';
import { byOrder } from '@/model/order.ts';
import { liveStore } from './liveStore.ts';
import { local, write } from './local.ts';

/** The lists in their order; undefined until they are read. */
export const useLists = liveStore(async () => {
  const lists = await local().lists.toArray();
  return lists.filter((list) => list.deleted_at === null).sort(byOrder);
});

export function useList(id: string | null): List | null {
  return useLists()?.find((list) => list.id === id) ?? null;
}

export function listById(id: string): Promise<List | undefined> {
  return local().lists.get(id);
}

/** Those in the trash, the latest first. */
export const useDeletedLists = liveStore(async () => {
  const lists = await local().lists.toArray();
  return lists
    .filter((list) => list.deleted_at !== null)
    .sort((a, b) => (b.deleted_at ?? '').localeCompare(a.deleted_at ?? ''));
});

/** Resolves to the id of the new list. */
export async function addList(
  name: string,
  color: string | null,
): Promise<string> {
  const id = newId();
  const body = { id, name, color };
  await write({ kind: 'list', id, op: { type: 'create', body } });
  return id;
}

export function changeList(id: string, patch: ListPatch): Promise<void> {
  return write({ kind: 'list', id, op: { type: 'update', patch } });
}

/** The list and its tasks, to the trash. */
export function removeList(id: string): Promise<void> {
  return write({ kind: 'list', id, op: { type: 'delete' } });
}

export function bringBackList(id: string): Promise<void> {
  return write({ kind: 'list', id, op: { type: 'restore' } });
}
