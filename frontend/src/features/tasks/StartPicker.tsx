import { CalendarClock } from 'lucide-react';
import { Suspense } from 'react';
import type { Task } from '@/api/types.ts';
import { t } from '@/i18n/i18n.ts';
import button from '@/ui/button.module.css';
import { formatDay } from '@/ui/formatDay.ts';
import { lazyPart } from '@/ui/lazyPart.ts';
import { HoldShortcuts } from '@/ui/shortcuts.ts';
import { undoToast } from '@/ui/undo.ts';
import { useOpener } from '@/ui/useOpener.ts';
import { useToday } from '@/ui/useToday.ts';
import styles from './DuePicker.module.css';
import { taskActions } from './taskActions.ts';

const load = () => import('./StartPopover.tsx');
const StartPopover = lazyPart(async () => (await load()).StartPopover);

/** A chip that shows from when on a task counts, and opens the calendar. */
export function StartPicker({ task }: { task: Task }) {
  const opener = useOpener('dialog', load);
  const today = useToday();
  const { start } = task;
  const day = start && formatDay(start, today);
  const choose = (next: string | null) => {
    opener.close();
    if (next !== start) {
      taskActions.change(task, { start: next });
      undoToast(
        next === null
          ? t('start.clearedToast')
          : t('start.setToast', { day: formatDay(next, today) }),
      );
    }
  };
  return (
    <>
      <button {...opener.props} className={button.chip}>
        <CalendarClock size={15} aria-hidden="true" />
        <span className={styles.value} data-set={day !== null}>
          {day ? t('start.shown', { day }) : t('start.button')}
        </span>
      </button>
      {opener.isOpen && (
        <Suspense fallback={<HoldShortcuts />}>
          <StartPopover
            task={task}
            today={today}
            trigger={opener.ref}
            onChoose={choose}
            onClose={opener.close}
          />
        </Suspense>
      )}
    </>
  );
}
