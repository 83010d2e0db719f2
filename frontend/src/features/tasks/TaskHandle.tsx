import type { Task } from '@/api/types.ts';
import { listById } from '@/data/lists.ts';
import { t } from '@/i18n/i18n.ts';
import { DragHandle } from '@/ui/DragHandle.tsx';
import type { Dragging, Onto } from '@/ui/dragging.ts';
import { bulkActions } from './bulkActions.ts';
import { moveTasks } from './order.tsx';
import { selection, shownOrder } from './selection.ts';

/** Moves the task, or all that are selected with it. */
export function TaskHandle({ task }: { task: Task }) {
  return (
    <DragHandle
      label={t('order.handle', { title: task.title })}
      dragging={() => draggingOf(task)}
    />
  );
}

function draggingOf(task: Task): Dragging {
  const chosen = selection.get().ids;
  const order = shownOrder();
  const ids = chosen.has(task.id)
    ? order.filter((id) => chosen.has(id))
    : [task.id];
  return {
    name: ids.length > 1 ? t('order.many', { count: ids.length }) : task.title,
    order,
    ids,
    rowOf: rowFinder(),
    drop: (before) => void moveTasks(ids, { before }),
    onto: (under) => listUnder(under, ids),
  };
}

/** Of many tasks few are drawn: those are looked up once a frame. */
function rowFinder(): Dragging['rowOf'] {
  let rows: Map<string | null, HTMLElement> | null = null;
  return (id) => {
    if (!rows) {
      const drawn = document.querySelectorAll<HTMLElement>(
        'main [data-task-id]',
      );
      rows = new Map(
        Array.from(drawn, (row) => [row.getAttribute('data-task-id'), row]),
      );
      requestAnimationFrame(() => {
        rows = null;
      });
    }
    return rows.get(id) ?? null;
  };
}

/** A list in the sidebar, but not the one that is shown. */
function listUnder(under: Element, ids: string[]): Onto | null {
  const link = under.closest<HTMLElement>(
    'nav a:is([href="/inbox"], [href^="/lists/"]):not([aria-current])',
  );
  const id = link?.getAttribute('href')?.split('/')[2];
  return (
    link && {
      element: link,
      drop: () => void moveToList(ids, id),
    }
  );
}

async function moveToList(ids: string[], id: string | undefined) {
  const list = id === undefined ? null : await listById(id);
  if (list !== undefined) {
    selection.clear();
    await bulkActions.move(ids, list);
  }
}
