import { Repeat } from 'lucide-react';
import type { Task } from '@/api/types.ts';
import { t } from '@/i18n/i18n.ts';
import button from '@/ui/button.module.css';
import { lazySheet } from '@/ui/lazySheet.tsx';
import { useOpener } from '@/ui/useOpener.ts';
import { useToday } from '@/ui/useToday.ts';
import due from './DuePicker.module.css';
import { describeRepeat } from './describeRepeat.ts';
import styles from './MoreFields.module.css';

const load = async () => (await import('./RepeatForm.tsx')).RepeatSheet;
const RepeatSheet = lazySheet(load);

/** A chip that shows how a task repeats, and opens the form for it. */
export function RepeatPicker({ task }: { task: Task }) {
  const opener = useOpener('dialog', load);
  const today = useToday();
  const rule = task.recurrence && describeRepeat(task.recurrence, today);
  return (
    <>
      <button
        {...opener.props}
        className={button.chip}
        aria-label={rule ? t('repeat.shown', { rule }) : undefined}
      >
        <Repeat size={15} aria-hidden="true" className={styles.icon} />
        <span
          className={`${due.value} ${styles.long}`}
          data-set={rule !== null}
        >
          {rule ?? t('repeat.button')}
        </span>
      </button>
      <RepeatSheet isOpen={opener.isOpen} task={task} onClose={opener.close} />
    </>
  );
}
