import type { RefObject } from 'react';
import { Popover } from 'react-aria-components';
import type { Task } from '@/api/types.ts';
import { t } from '@/i18n/i18n.ts';
import button from '@/ui/button.module.css';
import menu from '@/ui/menu.module.css';
import styles from './DuePicker.module.css';
import { MonthCalendar } from './MonthCalendar.tsx';
import more from './MoreFields.module.css';
import { QuickDays } from './QuickDays.tsx';

interface StartPopoverProps extends StartChoicesProps {
  trigger: RefObject<HTMLElement | null>;
  onClose: () => void;
}

/** The choices beside their chip. */
export function StartPopover(props: StartPopoverProps) {
  const { trigger, onClose, ...choices } = props;
  return (
    <Popover
      className={`${menu.popover} ${styles.popover}`}
      triggerRef={trigger}
      placement="bottom start"
      aria-label={t('start.button')}
      isOpen
      onOpenChange={onClose}
    >
      <div className={styles.panel}>
        <StartChoices {...choices} />
      </div>
    </Popover>
  );
}

interface StartChoicesProps {
  task: Task;
  today: string;
  onChoose: (day: string | null) => void;
}

/** No later than the due date, which the server would refuse. */
function StartChoices({ task, today, onChoose }: StartChoicesProps) {
  const last = task.due?.date ?? null;
  return (
    <>
      <p className={more.hint}>{t('start.help')}</p>
      <QuickDays today={today} last={last} onDay={onChoose}>
        {task.start !== null && (
          <button
            type="button"
            className={button.chip}
            onClick={() => onChoose(null)}
          >
            {t('start.clear')}
          </button>
        )}
      </QuickDays>
      <MonthCalendar
        label={t('start.button')}
        value={task.start}
        last={last}
        onChange={onChoose}
      />
    </>
  );
}
