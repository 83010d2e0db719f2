import {
  useCallback,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
} from 'react';
import { useNavigate, useSearchParams } from 'react-router';
import type { TaskRow as Task } from '@/data/db.ts';
import { useSyncState } from '@/data/syncState.ts';
import { useTasks } from '@/data/tasks.ts';
import { hasRow, lineage, type Tree, useTree } from '@/data/tree.ts';
import { type Section, sectionsOf } from '@/model/sections.ts';
import { belongs, type View } from '@/model/view.ts';
import { useToday } from '@/ui/useToday.ts';
import { EmptyView } from './EmptyView.tsx';
import { Query } from './Highlighted.tsx';
import { useLingering } from './lingering.ts';
import { type RowPlace, Rows } from './Rows.tsx';
import { itemsOf } from './rowItems.ts';
import { Selecting } from './Selecting.tsx';
import { Skeleton } from './Skeleton.tsx';
import { isByHand } from './shownView.ts';
import { TaskRow, TrashRow } from './TaskRow.tsx';
import { useKeptFocus } from './useKeptFocus.ts';
import { useKeptScroll } from './useKeptScroll.ts';
import { useListKeys } from './useListKeys.ts';
import { useRowFocus } from './useRowFocus.ts';
import { useRowWindow } from './useRowWindow.ts';

const NONE: Task[] = [];

export function TaskList({ view, label }: { view: View; label: string }) {
  const today = useToday();
  const [openId, onOpen] = useOpenTask();
  const sync = useSyncState();
  const root = useRef<HTMLDivElement>(null);
  const tree = useTree();
  const chain = lineage(tree, openId);
  const kept = useKept(chain);
  const found = useTasks(view, kept);
  const shown = useShown(view, found?.tasks, tree, kept);
  const { sections, items, tasks, order } = useItems(view, shown, today);
  // A subtask is opened in the row that it is shown in.
  const hostId = chain.find((id) => order.includes(id)) ?? null;
  const subtasks = tree?.subtasks;
  const { pinned, focus } = useRowFocus(hostId);
  const plan = useRowWindow(items, pinned, root);
  useKeptFocus(root);
  useKeptScroll(found?.complete === true && plan.isReady);
  useCloseOnOutsideClick(openId, () => onOpen(null));
  const isTrash = view.kind === 'trash';
  useListKeys({
    tasks,
    subtasks,
    canEdit: !isTrash,
    onOpen,
    onFocus: focus,
  });

  if (sections.length === 0) {
    if (!found || !sync || !tree) {
      return null;
    }
    if (!sync.loaded) {
      return <Skeleton />;
    }
  }
  const row = (task: Task, { heading }: Section<Task>, place: RowPlace) =>
    isTrash ? (
      <TrashRow key={task.id} {...place} task={task} today={today} />
    ) : (
      <TaskRow
        key={task.id}
        {...place}
        task={task}
        today={today}
        showList={view.kind !== 'list' && view.kind !== 'inbox'}
        showDay={
          view.kind === 'completed' ||
          (heading.kind !== 'day' && heading.kind !== 'today')
        }
        isOpen={task.id === hostId}
        opened={
          task.id === hostId && openId !== hostId
            ? subtasks?.get(openId ?? '')
            : undefined
        }
        onOpen={onOpen}
        byHand={isByHand(view)}
      />
    );
  return (
    <Query value={view.kind === 'search' ? view.query : ''}>
      <div ref={root}>
        {sections.length === 0 && <EmptyView view={view} />}
        <Rows
          sections={sections}
          items={items}
          plan={plan}
          label={label}
          today={today}
          row={row}
        />
        <Selecting view={view} order={order} />
      </div>
    </Query>
  );
}

/** Those with a row of their own, and those that had one and are kept. */
function useShown(
  view: View,
  tasks: Task[] = NONE,
  tree: Tree | undefined,
  kept: readonly string[],
) {
  const today = useToday();
  const seen = useRef(new Set<string>());
  const name = JSON.stringify(view);
  const keptIds = kept.join();
  const shown = useMemo(() => {
    const within = JSON.parse(name) as View;
    const stays = keptIds.split(',').filter((id) => seen.current.has(id));
    return tasks.filter(
      (task) =>
        (belongs(within, task, today) &&
          // Which subtasks have a row is not known yet.
          (tree ? hasRow(within, tree, task) : task.parent_id === null)) ||
        (task.deleted_at === null && stays.includes(task.id)),
    );
  }, [name, tasks, tree, today, keptIds]);
  useEffect(() => {
    seen.current = new Set(shown.map((task) => task.id));
  }, [shown]);
  return shown;
}

function useItems(view: View, tasks: Task[], today: string) {
  const name = JSON.stringify(view);
  return useMemo(() => {
    const sections = sectionsOf(JSON.parse(name) as View, tasks, today);
    const ordered = sections.flatMap((section) => section.tasks);
    return {
      sections,
      items: itemsOf(sections),
      tasks: ordered,
      order: ordered.map(({ id }) => id),
    };
  }, [name, tasks, today]);
}

/** Tasks that stay in sight although they have left the view. */
function useKept(opened: string[]): string[] {
  return [...useLingering(), ...opened];
}

/** The task that is opened is part of the address: Back closes it. */
function useOpenTask() {
  const [params] = useSearchParams();
  const navigate = useNavigate();
  const openId = params.get('task');
  const latest = useRef({ openId, navigate });
  useLayoutEffect(() => {
    latest.current = { openId, navigate };
  });
  // The same one always: rows are drawn anew for what differs.
  const setOpenId = useCallback((id: string | null) => {
    latest.current.navigate(
      {
        search: id === null ? '' : `?${new URLSearchParams({ task: id })}`,
        // The words of a search.
        hash: window.location.hash,
      },
      {
        replace: id === null || latest.current.openId !== null,
        preventScrollReset: true,
      },
    );
  }, []);
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
