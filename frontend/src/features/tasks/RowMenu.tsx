import { CalendarDays, FolderInput, Tag, Trash2 } from 'lucide-react';
import type { Task } from '@/api/types.ts';
import { t } from '@/i18n/i18n.ts';
import { MoreMenu } from '@/ui/MoreMenu.tsx';
import { moveChoices } from './order.tsx';
import { ask } from './prompt.ts';
import { selection } from './selection.ts';
import styles from './TaskRow.module.css';
import { taskActions } from './taskActions.ts';

/** What can be done to the task, or to all that are selected with it. */
export function RowMenu(props: { task: Task; byHand: boolean }) {
  const { task, byHand } = props;
  const label = t('task.options', { title: task.title });
  const ids = () => {
    const chosen = selection.get().ids;
    return chosen.has(task.id) ? [...chosen] : [task.id];
  };
  const prompt = (what: 'due' | 'list' | 'tags') => () =>
    ask({ what, ids: ids() });
  const acts = [
    {
      id: 'list',
      label: t('task.moveTo'),
      icon: <FolderInput size={16} />,
      run: prompt('list'),
    },
    {
      id: 'due',
      label: t('prompt.due'),
      icon: <CalendarDays size={16} />,
      run: prompt('due'),
    },
    {
      id: 'tags',
      label: t('task.tags'),
      icon: <Tag size={16} />,
      run: prompt('tags'),
    },
    {
      id: 'remove',
      label: t('task.delete'),
      icon: <Trash2 size={16} />,
      isDanger: true,
      run: () => taskActions.remove(task),
    },
  ];
  return (
    <MoreMenu
      className={styles.menu}
      label={label}
      groups={[
        ...(byHand ? [{ id: 'order', choices: moveChoices(ids) }] : []),
        { id: 'acts', choices: acts },
      ]}
    />
  );
}
