import { parseDate, parseTime } from '@internationalized/date';
import {
  DateField,
  DateInput,
  DateSegment,
  Label,
  TimeField,
} from 'react-aria-components';
import type { Due } from '@/api/types.ts';
import { t } from '@/i18n/i18n.ts';
import button from '@/ui/button.module.css';
import { useToday } from '@/ui/useToday.ts';
import styles from './DuePicker.module.css';
import { MonthCalendar } from './MonthCalendar.tsx';
import { QuickDays } from './QuickDays.tsx';
import { ZoneChoice } from './ZoneChoice.tsx';

interface DuePanelProps {
  draft: Due | null;
  onDraft: (due: Due | null) => void;
  onClose: (due: Due | null) => void;
}

/** Quick choices, typed date and time, and the calendar. */
export function DuePanel({ draft, onDraft, onClose }: DuePanelProps) {
  const today = useToday();
  const onDay = (date: string): Due => ({
    date,
    time: draft?.time ?? null,
    time_zone: draft?.time ? draft.time_zone : null,
  });
  return (
    <div className={styles.panel}>
      <QuickDays today={today} onDay={(day) => onClose(onDay(day))}>
        {draft && (
          <button
            type="button"
            className={button.chip}
            onClick={() => onClose(null)}
          >
            {t('due.clear')}
          </button>
        )}
        {draft?.time && (
          <button
            type="button"
            className={button.chip}
            onClick={() => onDraft({ ...draft, time: null, time_zone: null })}
          >
            {t('due.clearTime')}
          </button>
        )}
      </QuickDays>
      <div className={styles.fields}>
        <DateField
          className={styles.field}
          value={draft ? parseDate(draft.date) : null}
          onChange={(date) => date && onDraft(onDay(date.toString()))}
          shouldForceLeadingZeros
        >
          <Label className={styles.label}>{t('due.date')}</Label>
          <Segments />
        </DateField>
        <TimeField
          className={styles.field}
          value={draft?.time ? parseTime(draft.time) : null}
          onChange={(time) =>
            onDraft({
              date: draft?.date ?? today,
              time: time ? time.toString().slice(0, 5) : null,
              time_zone: (time && draft?.time_zone) ?? null,
            })
          }
        >
          <Label className={styles.label}>{t('due.time')}</Label>
          <Segments />
        </TimeField>
        <button
          type="button"
          className={`${button.primary} ${styles.apply}`}
          onClick={() => onClose(draft)}
        >
          {t('due.apply')}
        </button>
      </div>
      {draft?.time && (
        <ZoneChoice
          due={draft}
          onZone={(time_zone) => onDraft({ ...draft, time_zone })}
        />
      )}
      <MonthCalendar
        label={t('due.none')}
        value={draft?.date ?? null}
        onChange={(date) => onClose(onDay(date))}
      />
    </div>
  );
}

function Segments() {
  return (
    <DateInput className={styles.segments}>
      {(segment) => (
        <DateSegment segment={segment} className={styles.segment} />
      )}
    </DateInput>
  );
}
