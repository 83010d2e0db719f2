import { Trash2, Undo2 } from 'lucide-react';
import { memo, useLayoutEffect, useRef } from 'react';
import type { TaskRow as Task } from '@/data/db.ts';
import { t } from '@/i18n/i18n.ts';
import { dayOf } from '@/model/dates.ts';
import button from '@/ui/button.module.css';
import { formatDay } from '@/ui/formatDay.ts';
import { CheckCircle } from './CheckCircle.tsx';
import { Highlighted, NotesMatch } from './Highlighted.tsx';
import { RowMenu } from './RowMenu.tsx';
import type { RowPlace } from './Rows.tsx';
import { SelectBox } from './SelectBox.tsx';
import { useRowSelection } from './selection.ts';
import { TaskEditor } from './TaskEditor.tsx';
import { TaskHandle } from './TaskHandle.tsx';
import { ListLabel, TaskMeta } from './TaskMeta.tsx';
import styles from './TaskRow.module.css';
import { taskActions } from './taskActions.ts';
import { usePick } from './usePick.ts';

interface TaskRowProps extends RowPlace, HasTask {
  today: string;
  showList: boolean;
  showDay: boolean;
  isOpen: boolean;
  /** What is open in it: the task itself, or a subtask of it. */
  opened?: Task;
  onOpen: (id: string | null) => void;
  /** Whether the person puts the rows into their order. */
  byHand: boolean;
}

/** Of many rows only those are drawn anew that differ. */
export const TaskRow = memo(function TaskRow(props: TaskRowProps) {
  const { task, today, isOpen, opened = task, onOpen } = props;
  const main = useRef<HTMLButtonElement>(null);
  const wasOpen = useRef(isOpen);
  const selected = useRowSelection(task.id);
  const pick = usePick(task.id, () => onOpen(task.id));

  useLayoutEffect(() => {
    // Focus goes back to where the editor was opened, unless it moved on.
    const lost = document.activeElement === document.body;
    if (wasOpen.current && !isOpen && lost) {
      main.current?.focus({ preventScroll: true });
    }
    wasOpen.current = isOpen;
  }, [isOpen]);

  if (isOpen) {
    return (
      <li {...attributes(props)} data-task-id={opened.id}>
        <TaskEditor
          key={opened.id}
          task={opened}
          onClose={() => onOpen(null)}
        />
      </li>
    );
  }
  return (
    <li
      {...attributes(props)}
      className={styles.row}
      data-done={task.completed}
      data-selected={selected === 'selected'}
    >
      {selected === 'off' ? (
        <CheckCircle task={task} onToggle={() => taskActions.toggle(task)} />
      ) : (
        <SelectBox task={task} isSelected={selected === 'selected'} />
      )}
      <button
        type="button"
        ref={main}
        className={styles.main}
        data-task-main=""
        {...pick}
      >
        <span className={styles.words}>
          <span className={styles.title}>
            <Highlighted text={task.title} />
          </span>
          <NotesMatch notes={task.notes} />
          <TaskMeta task={task} today={today} showDay={props.showDay} isRow />
        </span>
        {props.showList && <ListLabel listId={task.list_id} />}
      </button>
      {props.byHand && <TaskHandle task={task} />}
      <RowMenu task={task} byHand={props.byHand} />
      <button
        type="button"
        className={`${button.icon} ${styles.delete}`}
        aria-label={t('task.remove', { title: task.title })}
        onClick={() => taskActions.remove(task)}
      >
        <Trash2 size={17} />
      </button>
    </li>
  );
});

function attributes({ task, index, nth, of, measure }: RowPlace & HasTask) {
  return {
    ref: measure,
    'data-task-id': task.id,
    'data-index': index,
    'aria-posinset': nth,
    'aria-setsize': of,
  };
}

interface HasTask {
  task: Task;
}

interface TrashRowProps extends RowPlace, HasTask {
  today: string;
}

/** A task in the trash: it can only be brought back. */
export const TrashRow = memo(function TrashRow(props: TrashRowProps) {
  const { task, today } = props;
  const day = dayOf(new Date(task.deleted_at ?? task.updated_at));
  const selected = useRowSelection(task.id);
  return (
    <li
      {...attributes(props)}
      className={styles.row}
      data-selected={selected === 'selected'}
    >
      {selected !== 'off' && (
        <SelectBox task={task} isSelected={selected === 'selected'} />
      )}
      <div className={styles.gone}>
        <span className={styles.title}>{task.title}</span>
        <span className={styles.when}>
          {t('task.deletedAgo', { day: formatDay(day, today) })}
        </span>
      </div>
      <button
        type="button"
        className={button.button}
        data-task-main=""
        aria-label={t('task.restoreNamed', { title: task.title })}
        onClick={() => taskActions.restore(task)}
      >
        <Undo2 size={16} />
        {t('task.restore')}
      </button>
    </li>
  );
});
