import type { Task } from '@/api/types.ts';
import { useShortcuts } from '@/ui/shortcuts.ts';
import { taskActions } from './taskActions.ts';

function rows(): HTMLElement[] {
  return Array.from(document.querySelectorAll<HTMLElement>('[data-task-main]'));
}

function currentIndex(all: HTMLElement[]): number {
  const row = document.activeElement?.closest('[data-task-id]');
  return all.findIndex((item) => row?.contains(item));
}

function focusRow(all: HTMLElement[], index: number): void {
  const clamped = Math.max(0, Math.min(index, all.length - 1));
  all[clamped]?.focus();
}

/** The keys of a list: the focused row is the task they act on. */
export function useListKeys(
  onOpen: (id: string) => void,
  tasks: readonly Task[],
  canEdit: boolean,
): void {
  const step = (by: 1 | -1) => () => {
    const all = rows();
    const index = currentIndex(all);
    focusRow(all, index === -1 ? (by === 1 ? 0 : all.length - 1) : index + by);
  };
  const withTask = (act: (task: Task) => void) => () => {
    const row = document.activeElement?.closest('[data-task-id]');
    const id = row?.getAttribute('data-task-id');
    const task = tasks.find((item) => item.id === id);
    if (canEdit && task) {
      act(task);
    }
  };
  const remove = withTask((task) => {
    const all = rows();
    const index = currentIndex(all);
    focusRow(all, index + 1 < all.length ? index + 1 : index - 1);
    taskActions.remove(task);
  });
  useShortcuts({
    j: step(1),
    ArrowDown: step(1),
    k: step(-1),
    ArrowUp: step(-1),
    x: withTask(taskActions.toggle),
    e: withTask((task) => onOpen(task.id)),
    Delete: remove,
    Backspace: remove,
  });
}
