import type { Kind, Write } from '@/api/types.ts';
import { byOrder, placed, type Step, stepTo } from '@/model/order.ts';
import type { View } from '@/model/view.ts';
import { local, writeAll } from './local.ts';
import { subtasksOf } from './subtasks.ts';
import { tasksIn } from './tasks.ts';

/** A step, or in front of one of the others; null: behind all of them. */
export type Where = Step | { before: string | null };

/** Where it is then: the first of them, counted from 1. */
export interface Spot {
  /** Settles once it is kept. */
  done: Promise<void>;
  title: string;
  place: number;
  total: number;
}

interface Item {
  id: string;
  order: number;
  title?: string;
  name?: string;
}

/**
 * Moves tasks among those of a list, or a subtask that has no row there among
 * those beside it. null: there is nothing to do.
 */
export async function orderTasks(
  view: View | null,
  today: string,
  ids: readonly string[],
  where: Where,
): Promise<Spot | null> {
  const chosen = new Set(ids);
  const rows = view ? await tasksIn(view, today) : [];
  const [first = ''] = ids;
  const task = rows.find(({ id }) => id === first)
    ? undefined
    : await local().tasks.get(first);
  const all = task?.parent_id ? await subtasksOf(task.parent_id) : rows;
  return reorder('task', all, chosen, where);
}

export async function orderList(
  id: string,
  where: Where,
): Promise<Spot | null> {
  const lists = (await local().lists.toArray()).filter(
    (list) => list.deleted_at === null,
  );
  return reorder('list', lists, new Set([id]), where);
}

function reorder(
  kind: Kind,
  items: readonly Item[],
  ids: ReadonlySet<string>,
  where: Where,
): Spot | null {
  const all = [...items].sort(byOrder);
  const moved = all.filter(({ id }) => ids.has(id));
  const rest = all.filter(({ id }) => !ids.has(id));
  const [first] = moved;
  const index = indexIn(all, rest, new Set(moved.map(({ id }) => id)), where);
  const next = [...rest.slice(0, index), ...moved, ...rest.slice(index)];
  if (!first || next.every((item, place) => item === all[place])) {
    return null;
  }
  const done = writeAll(
    placed(rest, index, moved).map(({ id, order }) => ({
      write: { kind, id, op: { type: 'update', patch: { order } } } as Write,
    })),
  );
  const title = first.title ?? first.name ?? '';
  return { done, title, place: index + 1, total: all.length };
}

function indexIn(
  all: readonly Item[],
  rest: readonly Item[],
  chosen: ReadonlySet<string>,
  where: Where,
): number {
  if (typeof where === 'string') {
    return stepTo(all, chosen, where);
  }
  const index = rest.findIndex(({ id }) => id === where.before);
  return index < 0 ? rest.length : index;
}
