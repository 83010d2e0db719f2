import {
  ChevronRight,
  CornerDownRight,
  SquareArrowOutUpRight,
  Trash2,
} from 'lucide-react';
import {
  Fragment,
  type ReactNode,
  type RefObject,
  useEffect,
  useLayoutEffect,
  useRef,
} from 'react';
import { useSearchParams } from 'react-router';
import type { Task } from '@/api/types.ts';
import type { TaskRow } from '@/data/db.ts';
import { DEPTH_MAX, takeOut, useSubtasks } from '@/data/subtasks.ts';
import { lineage, useTree } from '@/data/tree.ts';
import { enSubtasks } from '@/i18n/enSubtasks.ts';
import { addTexts, t } from '@/i18n/i18n.ts';
import { DragHandle } from '@/ui/DragHandle.tsx';
import { showError } from '@/ui/errorText.ts';
import { MoreMenu } from '@/ui/MoreMenu.tsx';
import { undoToast } from '@/ui/undo.ts';
import { useToday } from '@/ui/useToday.ts';
import { CheckCircle } from './CheckCircle.tsx';
import { moveChoices, moveTasks } from './order.tsx';
import { SubtaskField } from './SubtaskField.tsx';
import styles from './Subtasks.module.css';
import { TaskMeta } from './TaskMeta.tsx';
import { taskActions } from './taskActions.ts';

addTexts(enSubtasks);

/** Opens another task in the view; Back leads to this one again. */
function useOpen(): (id: string) => void {
  const [, setParams] = useSearchParams();
  return (id) => setParams({ task: id }, { preventScrollReset: true });
}

/** The way from the outermost task to an opened subtask. */
export function ParentPath({ task }: { task: Task }) {
  const tree = useTree();
  const open = useOpen();
  const above = lineage(tree, task.id).slice(1).reverse();
  const known = above.flatMap((id) => tree?.parents.get(id) ?? []);
  return (
    <nav aria-label={t('subtasks.path')} className={styles.path}>
      {known.map((parent) => (
        <Fragment key={parent.id}>
          <button
            type="button"
            className={styles.parent}
            onClick={() => open(parent.id)}
          >
            {parent.title}
          </button>
          <ChevronRight size={14} aria-hidden="true" />
        </Fragment>
      ))}
    </nav>
  );
}

/** What a task consists of, to tick off, open and add to. */
export function Subtasks({ task }: { task: Task }) {
  const subtasks = useSubtasks(task.id) ?? [];
  const depth = lineage(useTree(), task.id).length;
  const list = useRef<HTMLUListElement>(null);
  const leave = () => {
    const names = list.current?.querySelectorAll<HTMLElement>(
      ':scope > li > [data-task-main]',
    );
    const title = list.current
      ?.closest('[data-task-editor]')
      ?.querySelector('textarea');
    ([...(names ?? [])].at(-1) ?? title)?.focus();
  };
  const latest = useRef(leave);
  useEffect(() => {
    latest.current = leave;
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: when one is gone
  useLayoutEffect(() => {
    if (document.activeElement === document.body) {
      latest.current();
    }
  }, [subtasks.length]);
  return (
    <section aria-label={t('subtasks.label')} className={styles.part}>
      <ul ref={list} aria-label={t('subtasks.label')}>
        {subtasks.map((each) => (
          <SubtaskItem key={each.id} task={each}>
            {subtasks.length > 1 && (
              <SubtaskHandle task={each} all={subtasks} list={list} />
            )}
          </SubtaskItem>
        ))}
      </ul>
      {depth < DEPTH_MAX && <SubtaskField parent={task} onLeave={leave} />}
    </section>
  );
}

interface SubtaskItemProps {
  task: TaskRow;
  /** What it is moved by. */
  children: ReactNode;
}

function SubtaskItem({ task, children }: SubtaskItemProps) {
  const open = useOpen();
  const today = useToday();
  return (
    <li
      className={styles.item}
      data-task-id={task.id}
      data-done={task.completed}
    >
      <CheckCircle task={task} onToggle={() => taskActions.toggle(task)} />
      <button
        type="button"
        className={styles.name}
        data-task-main=""
        onClick={() => open(task.id)}
      >
        <span className={styles.title}>{task.title}</span>
        <TaskMeta task={task} today={today} showDay />
      </button>
      {children}
      <SubtaskMenu task={task} onOpen={() => open(task.id)} />
    </li>
  );
}

interface SubtaskHandleProps {
  task: Task;
  /** Those among which it is moved. */
  all: readonly Task[];
  list: RefObject<HTMLUListElement | null>;
}

function SubtaskHandle({ task, all, list }: SubtaskHandleProps) {
  const dragging = () => ({
    name: task.title,
    order: all.map(({ id }) => id),
    ids: [task.id],
    // The view may have a row of it as well.
    rowOf: (id: string) =>
      list.current?.querySelector<HTMLElement>(
        `:scope > [data-task-id="${id}"]`,
      ) ?? null,
    drop: (before: string | null) => void moveTasks([task.id], { before }),
  });
  return (
    <DragHandle
      label={t('order.handle', { title: task.title })}
      dragging={dragging}
    />
  );
}

function SubtaskMenu(props: { task: Task; onOpen: () => void }) {
  const { task, onOpen } = props;
  const label = t('subtasks.options', { title: task.title });
  const makeOwn = async () => {
    try {
      await takeOut(task);
      undoToast(t('subtasks.ownToast'));
    } catch (error) {
      showError(t('error.save'), error);
    }
  };
  const choices = [
    {
      id: 'open',
      label: t('subtasks.open'),
      icon: <CornerDownRight size={16} />,
      run: onOpen,
    },
    ...moveChoices(() => [task.id]),
    {
      id: 'own',
      label: t('subtasks.own'),
      icon: <SquareArrowOutUpRight size={16} />,
      run: () => void makeOwn(),
    },
    {
      id: 'remove',
      label: t('task.delete'),
      icon: <Trash2 size={16} />,
      isDanger: true,
      run: () => taskActions.remove(task),
    },
  ];
  return <MoreMenu label={label} groups={[{ id: 'all', choices }]} />;
}
