import type { InfiniteData, QueryClient } from '@tanstack/react-query';
import type { List, Page, Task } from '@/api/types.ts';
import { dayOf } from '@/model/dates.ts';
import { belongs, type View } from '@/model/view.ts';

export type TaskPages = InfiniteData<Page<Task>, string | null>;

export const TASKS_KEY = ['tasks'] as const;
export const LISTS_KEY = ['lists'] as const;

export function viewKey(view: View) {
  return [...TASKS_KEY, view] as const;
}

export function tasksIn(pages: TaskPages | undefined): Task[] {
  return pages?.pages.flatMap((page) => page.items) ?? [];
}

function cachedViews(client: QueryClient): [View, TaskPages][] {
  const views: [View, TaskPages][] = [];
  for (const [key, pages] of client.getQueriesData<TaskPages>({
    queryKey: TASKS_KEY,
  })) {
    if (pages) {
      views.push([key[1] as View, pages]);
    }
  }
  return views;
}

export function findTask(client: QueryClient, id: string): Task | null {
  for (const [, pages] of cachedViews(client)) {
    const task = tasksIn(pages).find((item) => item.id === id);
    if (task) {
      return task;
    }
  }
  return null;
}

/** An order before all that are in a view; undefined if it is not loaded. */
export function topOrder(client: QueryClient, view: View): number | undefined {
  const pages = client.getQueryData<TaskPages>(viewKey(view));
  const orders = tasksIn(pages).map((task) => task.order);
  return orders.length === 0 ? undefined : Math.min(...orders) - 1024;
}

/**
 * Puts a task's new state into every loaded view. A view that it no longer
 * belongs to keeps it: what is drawn is decided when it is drawn.
 */
export function putTask(client: QueryClient, task: Task): void {
  const today = dayOf(new Date());
  countTask(client, findTask(client, task.id), task);
  for (const [view, pages] of cachedViews(client)) {
    const known = tasksIn(pages).some((item) => item.id === task.id);
    const wanted = view.kind !== 'search' && belongs(view, task, today);
    if (known || wanted) {
      client.setQueryData<TaskPages>(
        viewKey(view),
        known ? replaceIn(pages, task) : insertIn(pages, task),
      );
    }
  }
}

/** Takes away a task that the server never got. */
export function dropTask(client: QueryClient, id: string): void {
  const task = findTask(client, id);
  if (task) {
    countTask(client, task, null);
  }
  for (const [view, pages] of cachedViews(client)) {
    client.setQueryData<TaskPages>(
      viewKey(view),
      mapPages(pages, (items) => items.filter((item) => item.id !== id)),
    );
  }
}

function mapPages(
  pages: TaskPages,
  change: (items: Task[], index: number) => Task[],
): TaskPages {
  return {
    ...pages,
    pages: pages.pages.map((page, index) => ({
      ...page,
      items: change(page.items, index),
    })),
  };
}

function replaceIn(pages: TaskPages, task: Task): TaskPages {
  return mapPages(pages, (items) =>
    items.map((item) => (item.id === task.id ? task : item)),
  );
}

function insertIn(pages: TaskPages, task: Task): TaskPages {
  return mapPages(pages, (items, index) =>
    index === 0 ? [task, ...items] : items,
  );
}

/** Keeps the lists' numbers of open tasks right until they are read again. */
function countTask(
  client: QueryClient,
  before: Task | null,
  after: Task | null,
): void {
  const from = openList(before);
  const to = openList(after);
  if (from === to) {
    return;
  }
  client.setQueryData<List[]>(LISTS_KEY, (lists) =>
    lists?.map((list) => {
      const by = Number(list.id === to) - Number(list.id === from);
      return by === 0 ? list : { ...list, open: Math.max(0, list.open + by) };
    }),
  );
}

function openList(task: Task | null): string | null {
  return task && !task.completed && task.deleted_at === null
    ? task.list_id
    : null;
}
