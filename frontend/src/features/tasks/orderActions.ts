import { inTurn } from '@/data/inTurn.ts';
import { orderTasks, type Where } from '@/data/ordering.ts';
import { t } from '@/i18n/i18n.ts';
import { dayOf } from '@/model/dates.ts';
import { undoToast } from '@/ui/undo.ts';
import { isByHand, shownView } from './shownView.ts';

/** Each move begins where the one before has led to. */
const queue = inTurn();

/** Moves tasks of the list that is shown, or subtasks in whatever view. */
export function moveTasks(ids: readonly string[], where: Where): Promise<void> {
  return queue(() => moveNow(ids, where));
}

async function moveNow(ids: readonly string[], where: Where): Promise<void> {
  const view = shownView();
  const sorted = view && isByHand(view) ? view : null;
  const spot = await orderTasks(sorted, dayOf(new Date()), ids, where);
  if (spot) {
    const { title, place, total } = spot;
    undoToast(t('order.moved', { title, place, total }));
    await spot.done;
    requestAnimationFrame(() => follow(ids));
  }
}

/** Who moves by keys goes with the task. */
function follow(ids: readonly string[]): void {
  const row = document.activeElement?.closest('[data-task-id]');
  if (ids.includes(row?.getAttribute('data-task-id') ?? '')) {
    row?.scrollIntoView({ block: 'nearest' });
  }
}
