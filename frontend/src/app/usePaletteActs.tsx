import {
  CalendarDays,
  CircleCheckBig,
  Flag,
  FolderInput,
  Tag,
  Trash2,
} from 'lucide-react';
import type { Priority } from '@/api/types.ts';
import { useTasksById } from '@/data/tags.ts';
import { bulkActions } from '@/features/tasks/bulkActions.ts';
import { moveTasks, ORDER_ICONS } from '@/features/tasks/order.tsx';
import { ask } from '@/features/tasks/prompt.ts';
import { selection } from '@/features/tasks/selection.ts';
import { isByHand, shownView } from '@/features/tasks/shownView.ts';
import { t } from '@/i18n/i18n.ts';
import { STEPS } from '@/model/order.ts';
import { Keys } from '@/ui/Keys.tsx';
import type { Pick } from '@/ui/PickList.tsx';
import { SHORTCUTS } from '@/ui/shortcutTable.ts';

/** The tasks that commands are about: selected, or the one with the focus. */
export function chosenIds(): string[] {
  const { ids } = selection.get();
  if (ids.size > 0) {
    return [...ids];
  }
  const row = document.activeElement?.closest('[data-task-id]');
  const id = row?.getAttribute('data-task-id');
  return id ? [id] : [];
}

/** What can be done to them; the keys that do the same stand beside it. */
export function useChosenPicks(ids: string[]): Pick[] {
  const tasks = useTasksById(ids) ?? [];
  const canEdit = tasks.some((task) => task.deleted_at === null);
  if (!canEdit) {
    return [];
  }
  const isOpen = tasks.some((task) => !task.completed);
  const pick = (
    name: keyof typeof SHORTCUTS.task,
    icon: Pick['icon'],
    run: () => unknown,
  ): Pick => ({
    id: `task.${name}`,
    label: t(`help.task.${name}`),
    icon,
    hint: <Keys keys={SHORTCUTS.task[name][0]} />,
    run,
  });
  const priority = (to: Priority) =>
    pick(to, <Flag size={16} />, () => bulkActions.priority(ids, to));
  const leaving = (run: () => unknown) => () => {
    selection.clear();
    run();
  };
  const view = shownView();
  const moves = STEPS.filter(() => view && isByHand(view)).map((step) =>
    pick(step, ORDER_ICONS[step], () => moveTasks(ids, step)),
  );
  return [
    pick(
      'complete',
      <CircleCheckBig size={16} />,
      leaving(() => bulkActions.complete(ids, isOpen)),
    ),
    pick('due', <CalendarDays size={16} />, () => ask({ what: 'due', ids })),
    pick('list', <FolderInput size={16} />, () => ask({ what: 'list', ids })),
    pick('tags', <Tag size={16} />, () => ask({ what: 'tags', ids })),
    priority('high'),
    priority('medium'),
    priority('low'),
    priority('none'),
    ...moves,
    pick(
      'delete',
      <Trash2 size={16} />,
      leaving(() => bulkActions.remove(ids)),
    ),
  ];
}
