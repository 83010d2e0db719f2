import type { List } from '@/api/types.ts';
import type { Where } from '@/data/ordering.ts';
import { t } from '@/i18n/i18n.ts';
import type { Dragging } from '@/ui/dragging.ts';
import { showError } from '@/ui/errorText.ts';
import { undoToast } from '@/ui/undo.ts';

/** Moves a list in the sidebar; what does it comes with the first. */
export async function moveList(id: string, where: Where): Promise<void> {
  try {
    const { orderList } = await import('@/data/ordering.ts');
    const spot = await orderList(id, where);
    if (spot) {
      const { title, place, total } = spot;
      undoToast(t('order.moved', { title, place, total }));
      await spot.done;
    }
  } catch (error) {
    showError(t('error.save'), error);
  }
}

export function draggingOf(list: List, lists: readonly List[]): Dragging {
  return {
    name: list.name,
    order: lists.map(({ id }) => id),
    ids: [list.id],
    rowOf: (id) => {
      // The sidebar, or the drawer in its place.
      const found = document.querySelectorAll<HTMLElement>(
        `[data-list-id="${id}"]`,
      );
      return [...found].find((row) => row.checkVisibility()) ?? null;
    },
    drop: (before) => void moveList(list.id, { before }),
  };
}
