import type { NewTask } from '@/data/taskWrites.ts';
import { t } from '@/i18n/i18n.ts';
import { formatDay } from '@/ui/formatDay.ts';
import { undoToast } from '@/ui/undo.ts';

interface Place {
  listId: string | null;
  day: string | null;
  today: string;
  nameOf: (listId: string | null) => string;
}

/** Says where the new task is if that is not in sight. */
export function tellAdded(tasks: NewTask[], place: Place): void {
  const [task] = tasks;
  if (tasks.length > 1) {
    undoToast(t('quick.added', { count: tasks.length }));
  } else if (task && place.day === null) {
    if (task.listId !== place.listId) {
      undoToast(t('quick.addedTo', { list: place.nameOf(task.listId) }));
    }
  } else if (task?.due && isElsewhere(task.due.date, place)) {
    const day = formatDay(task.due.date, place.today);
    undoToast(t('quick.addedFor', { day }));
  }
}

/** Today shows what is due until then, Upcoming what is due after it. */
function isElsewhere(due: string, { day, today }: Place): boolean {
  return day === today ? due > today : due <= today;
}
