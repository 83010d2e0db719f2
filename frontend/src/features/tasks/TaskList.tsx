import { useEffect, useRef } from 'react';
import { useSearchParams } from 'react-router';
import type { Task } from '@/api/types.ts';
import { tasksIn } from '@/data/taskCache.ts';
import { useTaskPages } from '@/data/tasks.ts';
import { t } from '@/i18n/i18n.ts';
import { type Section, sectionsOf } from '@/model/sections.ts';
import { belongs, type View } from '@/model/view.ts';
import { formatHeading } from '@/ui/formatDay.ts';
import { LoadError } from '@/ui/Message.tsx';
import { useToday } from '@/ui/useToday.ts';
import { EmptyView } from './EmptyView.tsx';
import { LoadMore } from './LoadMore.tsx';
import { useLingering } from './lingering.ts';
import { Skeleton } from './Skeleton.tsx';
import styles from './TaskList.module.css';
import { TaskRow, TrashRow } from './TaskRow.tsx';
import { useKeptFocus } from './useKeptFocus.ts';
import { useListKeys } from './useListKeys.ts';

export function TaskList({ view, label }: { view: View; label: string }) {
  const query = useTaskPages(view);
  const today = useToday();
  const lingering = useLingering();
  const [openId, setOpenId] = useOpenTask();
  const root = useRef<HTMLDivElement>(null);
  const isTrash = view.kind === 'trash';
  useListKeys(setOpenId, !isTrash);
  useKeptFocus(root);
  useCloseOnOutsideClick(openId, () => setOpenId(null));

  const shown = tasksIn(query.data).filter(
    (task) =>
      belongs(view, task, today) ||
      (task.deleted_at === null &&
        (lingering.has(task.id) || task.id === openId)),
  );
  const sections = sectionsOf(view, shown, today);

  if (query.isError && !query.data) {
    return <LoadError error={query.error} onRetry={() => query.refetch()} />;
  }
  if (query.isPending && query.isEnabled) {
    return <Skeleton />;
  }
  const row = (task: Task, { heading }: Section) =>
    isTrash ? (
      <TrashRow key={task.id} task={task} today={today} />
    ) : (
      <TaskRow
        key={task.id}
        task={task}
        today={today}
        showList={view.kind !== 'list' && view.kind !== 'inbox'}
        showDay={
          view.kind === 'completed' ||
          (heading.kind !== 'day' && heading.kind !== 'today')
        }
        isOpen={task.id === openId}
        onOpen={setOpenId}
      />
    );
  return (
    <div ref={root}>
      {sections.length === 0 && !query.hasNextPage && <EmptyView view={view} />}
      {sections.map((section) => (
        <section key={section.key}>
          <SectionHeading section={section} today={today} />
          <ul aria-label={label}>
            {section.tasks.map((task) => row(task, section))}
          </ul>
        </section>
      ))}
      {query.hasNextPage && <LoadMore query={query} />}
    </div>
  );
}

function SectionHeading(props: { section: Section; today: string }) {
  const { heading } = props.section;
  if (heading.kind === 'none') {
    return null;
  }
  return (
    <h2 className={styles.heading} data-kind={heading.kind}>
      {heading.kind === 'day'
        ? formatHeading(heading.day, props.today)
        : t(`due.${heading.kind}`)}
    </h2>
  );
}

/** The task that is opened is part of the address: Back closes it. */
function useOpenTask() {
  const [params, setParams] = useSearchParams();
  const openId = params.get('task');
  const setOpenId = (id: string | null) => {
    setParams(id === null ? {} : { task: id }, {
      replace: id === null || openId !== null,
      preventScrollReset: true,
    });
  };
  return [openId, setOpenId] as const;
}

function useCloseOnOutsideClick(openId: string | null, close: () => void) {
  const latest = useRef(close);
  useEffect(() => {
    latest.current = close;
  });
  useEffect(() => {
    if (openId === null) {
      return;
    }
    const onClick = (event: MouseEvent) => {
      const target = event.target;
      const isPlain =
        target instanceof Element &&
        target.closest('main') !== null &&
        !target.closest('[data-task-editor], button, a, input, label');
      if (isPlain) {
        latest.current();
      }
    };
    document.addEventListener('click', onClick);
    return () => document.removeEventListener('click', onClick);
  }, [openId]);
}
