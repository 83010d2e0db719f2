import type { Priority, Task } from '@/api/types.ts';
import { tasksById } from '@/data/taskWrites.ts';
import type { Step } from '@/model/order.ts';
import { useShortcuts } from '@/ui/shortcuts.ts';
import { bulkActions } from './bulkActions.ts';
import { moveTasks } from './order.tsx';
import { ask } from './prompt.ts';
import { selection } from './selection.ts';
import { taskActions } from './taskActions.ts';
import { focusedId } from './useRowFocus.ts';

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

interface ListKeysOptions {
  tasks: readonly Task[];
  /** Those that are drawn in the opened task. */
  subtasks: ReadonlyMap<string, Task> | undefined;
  canEdit: boolean;
  onOpen: (id: string) => void;
  /** Gives a row the focus, wherever it is. */
  onFocus: (id: string) => void;
}

/** By what is drawn, where subtasks have rows, too; else by the order. */
function focusNext({ tasks, onFocus }: ListKeysOptions, by: 1 | -1): void {
  const all = rows();
  const index = currentIndex(all);
  const from = tasks.findIndex(({ id }) => id === focusedId());
  const next = index < 0 ? tasks.at(by === 1 ? 0 : -1) : tasks[from + by];
  const isInside = index >= 0 && from < 0;
  if (isInside || !next || isDrawn(next)) {
    focusRow(all, index < 0 && by < 0 ? all.length - 1 : index + by);
  } else {
    onFocus(next.id);
  }
}

function isDrawn({ id }: Task): boolean {
  return document.querySelector(`[data-task-id="${id}"]`) !== null;
}

/** The keys of a list act on what is selected, else on the focused row. */
export function useListKeys(options: ListKeysOptions) {
  useTaskKeys(options);
  useSelectKeys(options);
}

function useTaskKeys(options: ListKeysOptions): void {
  const { tasks, subtasks, canEdit, onOpen } = options;
  const step = (by: 1 | -1) => () => focusNext(options, by);
  /** Of what is selected, else of the focused row. */
  const each = (run: (ids: string[]) => void) => () => {
    const focused = focusedId();
    const chosen = [...selection.get().ids];
    const ids = chosen.length > 0 || focused === null ? chosen : [focused];
    if (!canEdit || ids.length === 0) {
      return false;
    }
    run(ids);
    return true;
  };
  /** `one` of the focused task, `many` of what is selected. */
  const act = (one: (task: Task) => void, many: (ids: string[]) => void) =>
    each((ids) => {
      const [id = ''] = ids;
      const task = tasks.find((row) => row.id === id) ?? subtasks?.get(id);
      if (selection.get().ids.size > 0) {
        many(ids);
      } else if (task) {
        one(task);
      } else {
        // One that was just added is in the database only.
        void tasksById(ids).then((found) => found.forEach(one));
      }
    });
  const leaving = (run: (ids: string[]) => void) => (ids: string[]) => {
    selection.clear();
    run(ids);
  };
  const priority = (to: Priority) =>
    each((ids) => void bulkActions.priority(ids, to));
  const order = (step: Step) => each((ids) => void moveTasks(ids, step));
  const open = act(
    (task) => onOpen(task.id),
    () => undefined,
  );

  useShortcuts('task', {
    next: step(1),
    previous: step(-1),
    complete: act(
      taskActions.toggle,
      leaving((ids) => {
        const isOpen = tasks.some(
          ({ id, completed }) => ids.includes(id) && !completed,
        );
        void bulkActions.complete(ids, isOpen);
      }),
    ),
    edit: open,
    due: each((ids) => ask({ what: 'due', ids })),
    list: each((ids) => ask({ what: 'list', ids })),
    tags: each((ids) => ask({ what: 'tags', ids })),
    high: priority('high'),
    medium: priority('medium'),
    low: priority('low'),
    none: priority('none'),
    delete: act(
      (task) => {
        focusNext(options, tasks.at(-1)?.id === task.id ? -1 : 1);
        taskActions.remove(task);
      },
      leaving((ids) => void bulkActions.remove(ids)),
    ),
    up: order('up'),
    down: order('down'),
    top: order('top'),
    bottom: order('bottom'),
  });
}

function useSelectKeys({ tasks, onFocus }: ListKeysOptions): void {
  const step = (by: 1 | -1) => () => {
    const lead = selection.step(focusedId(), by);
    if (lead !== null) {
      onFocus(lead);
    }
  };
  useShortcuts('select', {
    select: () => {
      const id = focusedId();
      const hasBox = tasks.some((task) => task.id === id);
      return id === null || !hasBox ? false : selection.toggle(id);
    },
    selectNext: step(1),
    selectPrevious: step(-1),
    selectAll: () => {
      if (focusedId() === null) {
        return false;
      }
      return selection.all(tasks.map(({ id }) => id));
    },
    actions: () =>
      document
        .querySelector<HTMLElement>(
          '[data-selection-bar] button:not(:disabled)',
        )
        ?.focus() ?? selection.get().active,
    leave: () => {
      const { active } = selection.get();
      selection.clear();
      return active;
    },
  });
}
