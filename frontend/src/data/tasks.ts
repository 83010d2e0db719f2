import { useLiveQuery } from 'dexie-react-hooks';
import { useMemo, useSyncExternalStore } from 'react';
import { scorer } from '@/model/search.ts';
import { belongs, type View } from '@/model/view.ts';
import { useToday } from '@/ui/useToday.ts';
import type { TaskRow } from './db.ts';
import { draftKey, hasDraft, subscribeDrafts } from './drafts.ts';
import { local } from './local.ts';
import { countRange, type Range, rangeOf, readRange } from './ranges.ts';
import { RowSet } from './rowSet.ts';
import { hasRow, readTree } from './tree.ts';

export interface TasksInView {
  /** Searches and all that is not sorted by `sectionsOf` are in their order. */
  tasks: TaskRow[];
  /** False while only the first of them are here. */
  complete: boolean;
}

const NONE: readonly string[] = [];

/**
 * The tasks of a view, and those of `kept` that have been in it; undefined
 * until they are read.
 */
export function useTasks(
  view: View,
  kept: readonly string[] = NONE,
): TasksInView | undefined {
  const today = useToday();
  const range = JSON.stringify(rangeOf(view));
  const set = useMemo(
    () => RowSet.of(local(), JSON.parse(range) as Range, today),
    [range, today],
  );
  const rows = useSyncExternalStore(set.subscribe, set.get);
  const query = view.kind === 'search' ? view.query : null;
  const keptIds = kept.join();
  return useMemo(() => {
    const wanted = JSON.parse(range) as Range;
    const stays = new Set(keptIds.split(','));
    const isShown = (task: TaskRow) =>
      wanted.kind === 'search'
        ? task.deleted_at === null
        : belongs(wanted, task, today) ||
          (task.deleted_at === null && stays.has(task.id));
    const tasks = rows?.tasks.filter(isShown);
    return (
      rows &&
      tasks && {
        tasks: query === null ? tasks : found(query, tasks, stays),
        complete: rows.complete,
      }
    );
  }, [rows, range, query, keptIds, today]);
}

/** Those that have the words, the best first, and those that are kept. */
function found(
  query: string,
  tasks: readonly TaskRow[],
  stays: ReadonlySet<string> = new Set(),
): TaskRow[] {
  const score = scorer(query);
  return tasks
    .map((task) => ({ task, points: score(task) }))
    .filter(({ task, points }) => points !== 0 || stays.has(task.id))
    .sort((a, b) => b.points - a.points || (a.task.id < b.task.id ? 1 : -1))
    .map(({ task }) => task);
}

/** All tasks that are to do; undefined until they are read. */
export function useOpenTasks(): TaskRow[] | undefined {
  return useLiveQuery(() =>
    local().tasks.where('[place+order+id]').above(['']).toArray(),
  );
}

/** All tasks of a view that have a row of their own. */
export async function tasksIn(view: View, today: string): Promise<TaskRow[]> {
  const tasks = await readRange(local(), rangeOf(view), today);
  if (view.kind === 'search') {
    return found(view.query, tasks);
  }
  const tree = await readTree(local());
  return tasks.filter((task) => hasRow(view, tree, task));
}

/** How many tasks a view has; undefined until they are counted. */
export function useTaskCount(
  view: Exclude<View, { kind: 'search' }>,
): number | undefined {
  const today = useToday();
  return useLiveQuery(
    () => countRange(local(), view, today),
    [JSON.stringify(view), today],
  );
}

/** Whether a task has typed text that is not in its fields. */
export function useHasDraft(taskId: string): boolean {
  return useSyncExternalStore(
    subscribeDrafts,
    () =>
      hasDraft(draftKey(taskId, 'title')) ||
      hasDraft(draftKey(taskId, 'notes')),
  );
}
