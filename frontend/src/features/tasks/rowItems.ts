import type { TaskRow } from '@/data/db.ts';
import type { Section } from '@/model/sections.ts';

/** What stands below one another in a list: headings and tasks. */
export interface Item {
  key: string;
  /** Which of the sections it belongs to. */
  section: number;
  /** Where the heading of that section is; -1: it has none. */
  heading: number;
  /** null: it is the heading. */
  task: TaskRow | null;
  /** Which of its section's tasks it is, from 1. */
  nth: number;
}

export function itemsOf(sections: readonly Section<TaskRow>[]): Item[] {
  const items: Item[] = [];
  for (const [section, { key, heading, tasks }] of sections.entries()) {
    const at = heading.kind === 'none' ? -1 : items.length;
    if (at >= 0) {
      items.push({ key, section, heading: at, task: null, nth: 0 });
    }
    for (const [index, task] of tasks.entries()) {
      const nth = index + 1;
      items.push({ key: task.id, section, heading: at, task, nth });
    }
  }
  return items;
}

/** Heights, px, until it is measured. */
const HEADING = 62;
const LINE = 45;
const TWO_LINES = 65;

export function guessHeight(item: Item | undefined): number {
  if (!item?.task) {
    return HEADING;
  }
  const { due, recurrence, priority, tags, notes } = item.task;
  const hasMore =
    due || recurrence || notes || tags.length > 0 || priority !== 'none';
  return hasMore ? TWO_LINES : LINE;
}
