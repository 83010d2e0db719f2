import type { Task } from '@/api/types.ts';
import { dueDay } from './dates.ts';

export const PLACES = [
  'inbox',
  'today',
  'upcoming',
  'completed',
  'trash',
] as const;
export type Place = (typeof PLACES)[number];

/** What a screen lists. */
export type View =
  | { kind: Place }
  | { kind: 'list'; listId: string }
  | { kind: 'tag'; tag: string }
  | { kind: 'search'; query: string };

/** Whether a task is shown in a view; `today` is the reader's day. */
export function belongs(view: View, task: Task, today: string): boolean {
  if (view.kind === 'trash') {
    return task.deleted_at !== null;
  }
  if (task.deleted_at !== null) {
    return false;
  }
  switch (view.kind) {
    case 'search':
      return true;
    case 'completed':
      return task.completed;
    case 'inbox':
      return !task.completed && task.list_id === null;
    case 'list':
      return !task.completed && task.list_id === view.listId;
    case 'tag':
      return !task.completed && task.tags.includes(view.tag);
    case 'today':
      return (
        !task.completed &&
        task.due !== null &&
        dueDay(task.due) <= today &&
        (task.start === null || task.start <= today)
      );
    case 'upcoming':
      return !task.completed && task.due !== null && dueDay(task.due) > today;
  }
}

/** The address of a task's own view. */
export function pathOf(task: Task): string {
  if (task.completed) {
    return '/completed';
  }
  return task.list_id === null ? '/inbox' : `/lists/${task.list_id}`;
}

/** "." and ".." would be taken out of an address: no tag is named so. */
export function pathOfTag(tag: string): string {
  return `/tags/${encodeURIComponent(tag)}`;
}
