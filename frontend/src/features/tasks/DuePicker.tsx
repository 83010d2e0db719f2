import { CalendarDays } from 'lucide-react';
import { lazy, Suspense, useState } from 'react';
import { Button, DialogTrigger, Popover } from 'react-aria-components';
import type { Due } from '@/api/types.ts';
import { t } from '@/i18n/i18n.ts';
import { dueDay } from '@/model/dates.ts';
import button from '@/ui/button.module.css';
import { formatDue } from '@/ui/formatDay.ts';
import menu from '@/ui/menu.module.css';
import { useToday } from '@/ui/useToday.ts';
import styles from './DuePicker.module.css';

/** The calendar is an eighth of the page's code: it comes when it is near. */
const loadPanel = () => import('./DuePanel.tsx');
/** A failure shows when the panel is opened. */
const expectPanel = () => {
  loadPanel().catch(() => undefined);
};
const DuePanel = lazy(async () => ({
  default: (await loadPanel()).DuePanel,
}));

interface DuePickerProps {
  value: Due | null;
  onChange: (due: Due | null) => void;
}

/** A chip that shows the due date and opens the calendar. */
export function DuePicker({ value, onChange }: DuePickerProps) {
  const [open, setOpen] = useState(false);
  const [draft, setDraft] = useState(value);
  const today = useToday();
  const label = value ? formatDue(value, today) : t('due.none');

  const close = (due: Due | null) => {
    setOpen(false);
    if (JSON.stringify(due) !== JSON.stringify(value)) {
      onChange(due);
    }
  };

  return (
    <DialogTrigger
      isOpen={open}
      onOpenChange={(next) => {
        if (next) {
          setDraft(value);
          setOpen(true);
        } else {
          close(draft);
        }
      }}
    >
      <Button
        className={button.chip}
        onHoverStart={expectPanel}
        onFocus={expectPanel}
        aria-label={value ? t('due.button', { value: label }) : undefined}
      >
        <CalendarDays size={15} aria-hidden="true" />
        <span
          className={styles.value}
          data-late={value !== null && dueDay(value) < today}
          data-set={value !== null}
        >
          {label}
        </span>
      </Button>
      <Popover
        className={`${menu.popover} ${styles.popover}`}
        placement="bottom start"
        aria-label={t('due.none')}
      >
        <Suspense fallback={<div className={styles.loading} />}>
          <DuePanel draft={draft} onDraft={setDraft} onClose={close} />
        </Suspense>
      </Popover>
    </DialogTrigger>
  );
}
