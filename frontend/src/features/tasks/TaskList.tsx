import { useCallback, useEffect, useRef, useState } from 'react';
import { useSearchParams } from 'react-router';
import type { TaskRow as Task } from '@/data/db.ts';
import { useSyncState } from '@/data/syncState.ts';
import { useTasks } from '@/data/tasks.ts';
import { hasRow, lineage, useTree } from '@/data/tree.ts';
import { type Section, sectionsOf } from '@/model/sections.ts';
import { belongs, type View } from '@/model/view.ts';
import { formatSection } from '@/ui/formatDay.ts';
import { useToday } from '@/ui/useToday.ts';
import { EmptyView } from './EmptyView.tsx';
import { Query } from './Highlighted.tsx';
import { LoadMore } from './LoadMore.tsx';
import { useLingering } from './lingering.ts';
import { Selecting } from './Selecting.tsx';
import { Skeleton } from './Skeleton.tsx';
import { isByHand } from './shownView.ts';
import styles from './TaskList.module.css';
import { TaskRow, TrashRow } from './TaskRow.tsx';
import { useKeptFocus } from './useKeptFocus.ts';
import { useListKeys } from './useListKeys.ts';

/** So many rows are drawn, and as many more each time the end is near. */
const PAGE = 50;

export function TaskList({ view, label }: { view: View; label: string }) {
  const today = useToday();
  const [openId, setOpenId] = useOpenTask();
  const [limit, setLimit] = useState(PAGE);
  const onMore = useCallback(() => setLimit((now) => now + PAGE), []);
  const sync = useSyncState();
  const root = useRef<HTMLDivElement>(null);
  const isTrash = view.kind === 'trash';
  const tree = useTree();
  const chain = lineage(tree, openId);
  const kept = useKept(chain);
  const found = useTasks(view, limit, kept);
  const seen = useRef(new Set<string>());
  const shown = (found?.tasks ?? []).filter(
    (task) =>
      (belongs(view, task, today) && (!tree || hasRow(view, tree, task))) ||
      (task.deleted_at === null && seen.current.has(task.id)),
  );
  useEffect(() => {
    seen.current = new Set(shown.map((task) => task.id));
  });
  useKeptFocus(root);
  useCloseOnOutsideClick(openId, () => setOpenId(null));
  const sections = sectionsOf(view, shown, today);
  const ordered = sections.flatMap(({ tasks }) => tasks);
  // A subtask is opened in the row that it is shown in.
  const hostId = chain.find((id) => ordered.some((task) => task.id === id));
  const subtasks = tree?.subtasks;
  useListKeys({
    tasks: ordered,
    subtasks,
    canEdit: !isTrash,
    onOpen: setOpenId,
  });

  if (!found || !sync) {
    return null;
  }
  if (sections.length === 0 && !sync.loaded) {
    return <Skeleton />;
  }
  const row = (task: Task, { heading }: Section<Task>) =>
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
        isOpen={task.id === hostId}
        opened={task.id === openId ? task : subtasks?.get(openId ?? '')}
        onOpen={setOpenId}
        byHand={isByHand(view)}
      />
    );
  return (
    <Query value={view.kind === 'search' ? view.query : ''}>
      <div ref={root}>
        {sections.length === 0 && <EmptyView view={view} />}
        {sections.map((section) => (
          <section key={section.key}>
            <SectionHeading section={section} today={today} />
            <ul aria-label={label}>
              {section.tasks.map((task) => row(task, section))}
            </ul>
          </section>
        ))}
        {found.more && <LoadMore key={limit} onMore={onMore} />}
        <Selecting view={view} order={ordered.map(({ id }) => id)} />
      </div>
    </Query>
  );
}

function SectionHeading(props: { section: Section; today: string }) {
  const { heading } = props.section;
  const text = formatSection(heading, props.today);
  return (
    text !== null && (
      <h2 className={styles.heading} data-kind={heading.kind}>
        {text}
      </h2>
    )
  );
}

/** Tasks that stay in sight although they have left the view. */
function useKept(opened: string[]): string[] {
  return [...useLingering(), ...opened];
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
