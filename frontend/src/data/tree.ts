import type { PromiseExtended } from 'dexie';
import type { View } from '@/model/view.ts';
import type { Local, TaskRow } from './db.ts';
import { liveStore } from './liveStore.ts';
import { local } from './local.ts';

/** Of a task: how many subtasks it has, and how many of them are done. */
export interface Progress {
  done: number;
  total: number;
}

/** What is below other tasks and not in the trash. */
export interface Tree {
  subtasks: ReadonlyMap<string, TaskRow>;
  /** By the task that has some. */
  progress: ReadonlyMap<string, Progress>;
  parents: ReadonlyMap<string, TaskRow>;
}

const EMPTY: Tree = {
  subtasks: new Map(),
  progress: new Map(),
  parents: new Map(),
};

/**
 * Reads the subtasks alone: only they are in the index of parents. Without an
 * await, behind which a live query would not hear of changes any more.
 */
export function readTree({ tasks }: Local): PromiseExtended<Tree> {
  return tasks
    .where('parent_id')
    .above('')
    .filter(({ deleted_at: gone }) => gone === null)
    .toArray()
    .then((all) =>
      all.length === 0
        ? EMPTY
        : tasks
            .bulkGet(all.map((task) => task.parent_id ?? ''))
            .then((parents) => treeOf(all, parents)),
    );
}

function treeOf(all: TaskRow[], above: (TaskRow | undefined)[]): Tree {
  const progress = new Map<string, Progress>();
  for (const { parent_id: id, completed } of all) {
    const { done, total } = progress.get(id ?? '') ?? { done: 0, total: 0 };
    const next = { done: done + (completed ? 1 : 0), total: total + 1 };
    progress.set(id ?? '', next);
  }
  return {
    subtasks: new Map(all.map((task) => [task.id, task])),
    progress,
    parents: new Map(
      above.flatMap((task) => (task ? [[task.id, task] as const] : [])),
    ),
  };
}

/** undefined until it is read. */
export const useTree = liveStore(() => readTree(local()));

/**
 * Whether a task has a row of its own in a view: in lists an open subtask is
 * shown in the row of its parent if that is open and in the same list.
 */
export function hasRow(view: View, tree: Tree, task: TaskRow): boolean {
  const isList = view.kind === 'inbox' || view.kind === 'list';
  if (!isList || task.place === undefined || task.parent_id === null) {
    return true;
  }
  // What is newer than the tree is not known to have no parent there.
  const parent = tree.parents.get(task.parent_id);
  return tree.subtasks.has(task.id) && task.place !== parent?.place;
}

/** The task and those above it, from the inside out. */
export function lineage(tree: Tree | undefined, id: string | null): string[] {
  const found: string[] = [];
  for (let next = id; next && !found.includes(next); ) {
    found.push(next);
    next = tree?.subtasks.get(next)?.parent_id ?? null;
  }
  return found;
}
