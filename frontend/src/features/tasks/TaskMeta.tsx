import {
  AlignLeft,
  CalendarClock,
  CalendarDays,
  CornerDownRight,
  Flag,
  ListTree,
  Repeat,
  Tag,
} from 'lucide-react';
import type { TaskRow } from '@/data/db.ts';
import { useList } from '@/data/lists.ts';
import { useHasDraft } from '@/data/tasks.ts';
import { useTree } from '@/data/tree.ts';
import { t } from '@/i18n/i18n.ts';
import { dueDay, localDue } from '@/model/dates.ts';
import { Dot } from '@/ui/Dot.tsx';
import { formatDay, formatDue, formatTime } from '@/ui/formatDay.ts';
import { Highlighted } from './Highlighted.tsx';
import styles from './TaskMeta.module.css';

interface TaskMetaProps {
  task: TaskRow;
  today: string;
  /** False where a heading says the day already. */
  showDay: boolean;
  /** A subtask that has a row of its own says what it is below. */
  isRow?: boolean;
}

/** The small line under a task's title; nothing if there is nothing to say. */
export function TaskMeta(props: TaskMetaProps) {
  const { task, today, showDay } = props;
  const due = dueText(task, today, showDay);
  const start = task.start && task.start > today ? task.start : null;
  const unsaved = useHasDraft(task.id) || task.parked === true;
  const tree = useTree();
  const progress = tree?.progress.get(task.id);
  const parent = props.isRow && tree?.parents.get(task.parent_id ?? '');
  const isEmpty =
    due === null &&
    start === null &&
    !task.recurrence &&
    !task.notes &&
    !unsaved &&
    !progress &&
    !parent &&
    task.tags.length === 0 &&
    task.priority === 'none';
  if (isEmpty) {
    return null;
  }
  return (
    <span className={styles.meta}>
      {unsaved && <span className={styles.unsaved}>{t('task.unsaved')}</span>}
      {parent && (
        <span className={styles.part}>
          <CornerDownRight size={13} aria-label={t('task.below')} role="img" />
          <span className={styles.listName}>{parent.title}</span>
        </span>
      )}
      {progress && (
        <span className={styles.part}>
          <ListTree size={13} aria-hidden="true" />
          <span aria-hidden="true">
            {progress.done}/{progress.total}
          </span>
          <span className="sr-only">{t('task.progress', { ...progress })}</span>
        </span>
      )}
      {start && (
        <span className={styles.part} data-start="">
          <CalendarClock size={13} aria-hidden="true" />
          {t('task.starts', { day: formatDay(start, today) })}
        </span>
      )}
      {due !== null && <DueLabel task={task} today={today} text={due} />}
      {task.recurrence && (
        <Repeat size={13} aria-label={t('task.repeats')} role="img" />
      )}
      {task.priority !== 'none' && (
        <span className={styles.part} data-priority={task.priority}>
          <Flag size={13} aria-hidden="true" />
          <span className="sr-only">
            {t('priority.badge', { priority: t(`priority.${task.priority}`) })}
          </span>
        </span>
      )}
      {task.tags.map((tag) => (
        <span key={tag} className={styles.part} data-tag={tag}>
          <Tag size={13} aria-hidden="true" />
          <Highlighted text={tag} />
        </span>
      ))}
      {task.notes && (
        <AlignLeft size={13} aria-label={t('task.hasNotes')} role="img" />
      )}
    </span>
  );
}

/** Which list a task is in, where the view mixes several. */
export function ListLabel({ listId }: { listId: string | null }) {
  const list = useList(listId);
  if (!list) {
    return null;
  }
  return (
    <span className={styles.list}>
      <span className={styles.listName}>{list.name}</span>
      <Dot color={list.color} />
    </span>
  );
}

function dueText(
  task: TaskRow,
  today: string,
  showDay: boolean,
): string | null {
  if (!task.due) {
    return null;
  }
  const { time } = localDue(task.due);
  return showDay ? formatDue(task.due, today) : time && formatTime(time);
}

interface DueLabelProps {
  task: TaskRow;
  today: string;
  text: string;
}

function DueLabel({ task, today, text }: DueLabelProps) {
  const day = task.due ? dueDay(task.due) : today;
  const isLate = day < today && !task.completed;
  const tone = isLate ? 'late' : day === today ? 'today' : 'later';
  return (
    <span className={styles.part} data-due={tone}>
      <CalendarDays size={13} aria-hidden="true" />
      {isLate && <span className="sr-only">{t('due.overdue')}: </span>}
      {text}
    </span>
  );
}
