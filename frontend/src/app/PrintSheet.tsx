import { useEffect, useRef } from 'react';
import { createPortal } from 'react-dom';
import type { TaskRow } from '@/data/db.ts';
import { useLists } from '@/data/lists.ts';
import { useTasks } from '@/data/tasks.ts';
import { hasRow, type Tree, useTree } from '@/data/tree.ts';
import { t } from '@/i18n/i18n.ts';
import { byOrder } from '@/model/order.ts';
import { sectionsOf } from '@/model/sections.ts';
import type { View } from '@/model/view.ts';
import { formatDate, formatDue, formatSection } from '@/ui/formatDay.ts';
import { useToday } from '@/ui/useToday.ts';
import styles from './PrintSheet.module.css';

interface PrintSheetProps {
  view: View;
  onDone: () => void;
}

/** A list on paper: boxes to tick, titles, dates and notes. */
export function PrintSheet({ view, onDone }: PrintSheetProps) {
  const today = useToday();
  const lists = useLists();
  const found = useTasks(view);
  const tree = useTree();
  const isReady = found?.complete && lists && tree;
  usePrint(!!isReady, onDone);
  if (!isReady) {
    return null;
  }
  const listName = (id: string | null) =>
    lists.find((list) => list.id === id)?.name;
  const tasks = found.tasks.filter((task) => hasRow(view, tree, task));
  return createPortal(
    <div className={styles.sheet} data-print-sheet="">
      <h1 className={styles.title}>{titleOf(view, listName)}</h1>
      <p className={styles.small}>{formatDate(today)}</p>
      {sectionsOf(view, tasks, today).map(({ key, heading, tasks: some }) => (
        <section key={key}>
          {heading.kind !== 'none' && (
            <h2 className={styles.heading}>{formatSection(heading, today)}</h2>
          )}
          <ul>
            {some.map((task) => (
              <PrintRow
                key={task.id}
                task={task}
                today={today}
                below={belowIn(view, tree)}
                list={view.kind === 'list' ? undefined : listName(task.list_id)}
              />
            ))}
          </ul>
        </section>
      ))}
    </div>,
    document.body,
  );
}

function titleOf(
  view: View,
  listName: (id: string) => string | undefined,
): string {
  switch (view.kind) {
    case 'list':
      return listName(view.listId) ?? '';
    case 'tag':
      return `#${view.tag}`;
    case 'search':
      return view.query;
    default:
      return t(`nav.${view.kind}`);
  }
}

function usePrint(isReady: boolean, onDone: () => void): void {
  const latest = useRef(onDone);
  useEffect(() => {
    latest.current = onDone;
  });
  useEffect(() => {
    if (!isReady) {
      return;
    }
    // On phones print() is back before anything is printed.
    const done = () => latest.current();
    window.addEventListener('afterprint', done);
    window.print();
    return () => window.removeEventListener('afterprint', done);
  }, [isReady]);
}

/** Finds those subtasks of a task that have no row of their own in a view. */
function belowIn(view: View, tree: Tree): (id: string) => TaskRow[] {
  const within = [...tree.subtasks.values()]
    .filter((task) => !hasRow(view, tree, task))
    .sort(byOrder);
  return (id) => within.filter((task) => task.parent_id === id);
}

interface PrintRowProps {
  task: TaskRow;
  below: (id: string) => TaskRow[];
  today: string;
  list: string | undefined;
}

function PrintRow({ task, below, today, list }: PrintRowProps) {
  const subtasks = below(task.id);
  const facts = [
    task.due && formatDue(task.due, today),
    task.priority !== 'none' &&
      t('priority.badge', { priority: t(`priority.${task.priority}`) }),
    list,
    ...task.tags.map((tag) => `#${tag}`),
  ].filter(Boolean);
  return (
    <li className={styles.row}>
      <span className={styles.box} data-done={task.completed} />
      <div className={styles.words}>
        <p className={styles.name}>{task.title}</p>
        {facts.length > 0 && (
          <p className={styles.small}>{facts.join(' · ')}</p>
        )}
        {task.notes && <p className={styles.notes}>{task.notes}</p>}
        {subtasks.length > 0 && (
          <ul>
            {subtasks.map((each) => (
              <PrintRow
                key={each.id}
                task={each}
                below={below}
                today={today}
                list={undefined}
              />
            ))}
          </ul>
        )}
      </div>
    </li>
  );
}
