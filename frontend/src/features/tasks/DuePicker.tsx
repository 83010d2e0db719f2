import { CalendarDays } from 'lucide-react';
import { Suspense, useState } from 'react';
import type { Due } from '@/api/types.ts';
import { t } from '@/i18n/i18n.ts';
import { dueDay } from '@/model/dates.ts';
import button from '@/ui/button.module.css';
import { formatDue } from '@/ui/formatDay.ts';
import { lazyPart } from '@/ui/lazyPart.ts';
import { HoldShortcuts } from '@/ui/shortcuts.ts';
import { useOpener } from '@/ui/useOpener.ts';
import { useToday } from '@/ui/useToday.ts';
import styles from './DuePicker.module.css';

const load = () => import('./DuePopover.tsx');
const DuePopover = lazyPart(async () => (await load()).DuePopover);

interface DuePickerProps {
  value: Due | null;
  onChange: (due: Due | null) => void;
}

/** A chip that shows the due date and opens the calendar. */
export function DuePicker({ value, onChange }: DuePickerProps) {
  const opener = useOpener('dialog', load);
  const today = useToday();
  const label = value ? formatDue(value, today) : t('due.none');
  return (
    <>
      <button
        {...opener.props}
        className={button.chip}
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
      </button>
      {opener.isOpen && (
        <Suspense fallback={<HoldShortcuts />}>
          <Panel
            value={value}
            trigger={opener.ref}
            onClose={(due) => {
              opener.close();
              if (JSON.stringify(due) !== JSON.stringify(value)) {
                onChange(due);
              }
            }}
          />
        </Suspense>
      )}
    </>
  );
}

interface PanelProps {
  value: Due | null;
  trigger: ReturnType<typeof useOpener>['ref'];
  onClose: (due: Due | null) => void;
}

/** What is chosen in it counts once it closes. */
function Panel({ value, trigger, onClose }: PanelProps) {
  const [draft, setDraft] = useState(value);
  return (
    <DuePopover
      draft={draft}
      onDraft={setDraft}
      trigger={trigger}
      onClose={onClose}
    />
  );
}
