import Dexie, { type Collection, type PromiseExtended } from 'dexie';
import { useLiveQuery } from 'dexie-react-hooks';
import { useSyncExternalStore } from 'react';
import { daysFrom } from '@/model/dates.ts';
import { scorer } from '@/model/search.ts';
import { belongs, type View } from '@/model/view.ts';
import { useToday } from '@/ui/useToday.ts';
import { INBOX, type Local, type TaskRow } from './db.ts';
import { draftKey, hasDraft, subscribeDrafts } from './drafts.ts';
import { local } from './local.ts';
import { hasRow, readTree } from './tree.ts';

type Indexed = Exclude<View, { kind: 'search' }>;

export interface TasksInView {
  tasks: TaskRow[];
  /** Whether there are more than were asked for. */
  more: boolean;
}

/**
 * The first `limit` tasks of a view, and those of `kept` wherever they are
 * now; undefined until they are read.
 */
export function useTasks(
  view: View,
  limit: number,
  kept: readonly string[],
): TasksInView | undefined {
  const today = useToday();
  return useLiveQuery(async () => {
    const db = local();
    const found =
      view.kind === 'search'
        ? await search(db, view.query)
        : await rowsOf(db, view, today, limit + 1);
    const tasks = found.slice(0, limit);
    const missing = kept.filter((id) => !tasks.some((task) => task.id === id));
    const extra = await db.tasks.bulkGet(missing);
    return {
      tasks: [...tasks, ...extra.filter((task) => task !== undefined)],
      more: found.length > limit,
    };
  }, [JSON.stringify(view), limit, kept.join(), today]);
}

/** Reads all tasks, which nothing else does. */
async function search(db: Local, query: string): Promise<TaskRow[]> {
  const score = scorer(query);
  const scores = new Map<string, number>();
  const found = await db.tasks
    .filter((task) => {
      scores.set(task.id, score(task));
      return scores.get(task.id) !== 0;
    })
    .toArray();
  const of = (task: TaskRow) => scores.get(task.id) ?? 0;
  return found.sort((a, b) => of(b) - of(a) || (a.id < b.id ? 1 : -1));
}

/** All tasks that are to do; undefined until they are read. */
export function useOpenTasks(): TaskRow[] | undefined {
  return useLiveQuery(() =>
    local().tasks.where('[place+order+id]').above(['']).toArray(),
  );
}

/** All tasks of a view. */
export async function tasksIn(view: View, today: string): Promise<TaskRow[]> {
  return view.kind === 'search'
    ? search(local(), view.query)
    : rowsOf(local(), view, today);
}

/** Those tasks of a view that have a row of their own. */
function rowsOf(
  db: Local,
  view: Indexed,
  today: string,
  limit = Number.POSITIVE_INFINITY,
): PromiseExtended<TaskRow[]> {
  return readTree(db).then((tree) => {
    const all = collection(db, view, today);
    const rows =
      tree.subtasks.size === 0
        ? all
        : all.filter((task) => hasRow(view, tree, task));
    return rows.limit(limit).toArray();
  });
}

/** How many tasks a view has; undefined until they are counted. */
export function useTaskCount(view: Indexed): number | undefined {
  const today = useToday();
  return useLiveQuery(
    () => collection(local(), view, today).count(),
    [JSON.stringify(view), today],
  );
}

/** A view as a range of one index, narrowed where that is not enough. */
function collection(
  db: Local,
  view: Indexed,
  today: string,
): Collection<TaskRow, string> {
  const isIn = (task: TaskRow) => belongs(view, task, today);
  switch (view.kind) {
    case 'inbox':
      return inPlace(db, INBOX);
    case 'list':
      return inPlace(db, view.listId);
    // The clocks of two zones are up to 26 hours apart.
    case 'today':
      return db.tasks
        .where('due_date')
        .belowOrEqual(daysFrom(today, 2))
        .filter(isIn);
    case 'upcoming':
      return db.tasks
        .where('due_date')
        .aboveOrEqual(daysFrom(today, -1))
        .filter(isIn);
    case 'tag':
      return db.tasks.where('open_tags').equals(view.tag);
    case 'completed':
      return db.tasks.where('done_at').above('').reverse();
    case 'trash':
      return db.tasks.where('gone_at').above('').reverse();
  }
}

function inPlace(db: Local, place: string): Collection<TaskRow, string> {
  return db.tasks
    .where('[place+order+id]')
    .between(
      [place, Dexie.minKey, Dexie.minKey],
      [place, Dexie.maxKey, Dexie.maxKey],
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
