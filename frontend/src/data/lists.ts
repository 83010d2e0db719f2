import { type QueryClient, useQuery } from '@tanstack/react-query';
import { createList } from '@/api/createList.ts';
import { deleteList } from '@/api/deleteList.ts';
import { newId } from '@/api/ids.ts';
import { listDeletedLists } from '@/api/listDeletedLists.ts';
import { listLists } from '@/api/listLists.ts';
import { restoreList } from '@/api/restoreList.ts';
import type { List, ListPatch } from '@/api/types.ts';
import { updateList } from '@/api/updateList.ts';
import { noticeSignedOut } from './queryClient.ts';
import { LISTS_KEY, TASKS_KEY } from './taskCache.ts';

const TRASHED_LISTS_KEY = ['trashed-lists'] as const;

export function useLists() {
  return useQuery({
    queryKey: LISTS_KEY,
    queryFn: ({ signal }) => listLists(signal),
    select: (lists) =>
      lists
        .filter((list) => list.deleted_at === null)
        .sort((a, b) => a.order - b.order || (a.id < b.id ? -1 : 1)),
  });
}

export function useList(id: string | null): List | null {
  const { data } = useLists();
  return data?.find((list) => list.id === id) ?? null;
}

export function useDeletedLists() {
  return useQuery({
    queryKey: TRASHED_LISTS_KEY,
    queryFn: ({ signal }) => listDeletedLists(signal),
  });
}

/** Shows the lists as they will be, sends the write, reads them again. */
async function writeLists<T>(
  client: QueryClient,
  change: (lists: List[]) => List[],
  sendIt: () => Promise<T>,
): Promise<T> {
  await client.cancelQueries({ queryKey: LISTS_KEY });
  const before = client.getQueryData<List[]>(LISTS_KEY);
  client.setQueryData<List[]>(LISTS_KEY, change(before ?? []));
  try {
    return await sendIt();
  } catch (error) {
    client.setQueryData(LISTS_KEY, before);
    noticeSignedOut(error);
    throw error;
  } finally {
    void client.invalidateQueries({ queryKey: LISTS_KEY });
    void client.invalidateQueries({ queryKey: TRASHED_LISTS_KEY });
  }
}

export function addList(
  client: QueryClient,
  name: string,
  color: string | null,
): Promise<List> {
  const id = newId();
  const now = new Date().toISOString();
  const shown: List = {
    id,
    name,
    color,
    order: Number.MAX_SAFE_INTEGER,
    version: 0,
    open: 0,
    total: 0,
    created_at: now,
    updated_at: now,
    deleted_at: null,
  };
  return writeLists(
    client,
    (lists) => [...lists, shown],
    () => createList(id, name, color),
  );
}

export function changeList(
  client: QueryClient,
  list: List,
  patch: ListPatch,
): Promise<List> {
  return writeLists(
    client,
    (lists) =>
      lists.map((item) => (item.id === list.id ? { ...item, ...patch } : item)),
    () => updateList(list.id, patch, list.version),
  );
}

export async function removeList(
  client: QueryClient,
  list: List,
): Promise<void> {
  await writeLists(
    client,
    (lists) => lists.filter((item) => item.id !== list.id),
    () => deleteList(list.id),
  );
  void client.invalidateQueries({ queryKey: TASKS_KEY });
}

export async function bringBackList(
  client: QueryClient,
  list: List,
): Promise<void> {
  await writeLists(
    client,
    (lists) => [...lists, list],
    () => restoreList(list.id),
  );
  void client.invalidateQueries({ queryKey: TASKS_KEY });
}
