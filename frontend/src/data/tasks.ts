import { useInfiniteQuery } from '@tanstack/react-query';
import { useSyncExternalStore } from 'react';
import { listTasks } from '@/api/listTasks.ts';
import { searchTasks } from '@/api/searchTasks.ts';
import type { Page, Task } from '@/api/types.ts';
import { localZone } from '@/model/dates.ts';
import { type View, viewPath } from '@/model/view.ts';
import { draftKey, readDraft, subscribeDrafts } from './drafts.ts';
import { type TaskPages, viewKey } from './taskCache.ts';

function readPage(
  view: View,
  next: string | null,
  signal: AbortSignal,
): Promise<Page<Task>> {
  if (view.kind === 'search') {
    return searchTasks(view.query, next, signal);
  }
  return listTasks(next ?? viewPath(view, localZone()), signal);
}

/** A view's tasks, page by page. */
export function useTaskPages(view: View) {
  return useInfiniteQuery<
    Page<Task>,
    Error,
    TaskPages,
    ReturnType<typeof viewKey>,
    string | null
  >({
    queryKey: viewKey(view),
    queryFn: ({ pageParam, signal }) => readPage(view, pageParam, signal),
    initialPageParam: null,
    getNextPageParam: (last) => last.next,
    enabled: view.kind !== 'search' || view.query !== '',
  });
}

/** Whether a task has typed text that the server does not have. */
export function useHasDraft(taskId: string): boolean {
  return useSyncExternalStore(
    subscribeDrafts,
    () =>
      readDraft(draftKey(taskId, 'title')) !== null ||
      readDraft(draftKey(taskId, 'notes')) !== null,
  );
}
