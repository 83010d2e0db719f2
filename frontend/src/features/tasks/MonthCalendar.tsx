import { parseDate } from '@internationalized/date';
import { ChevronLeft, ChevronRight } from 'lucide-react';
import {
  Button,
  Calendar,
  CalendarCell,
  CalendarGrid,
  CalendarGridBody,
  CalendarGridHeader,
  CalendarHeaderCell,
  Heading,
} from 'react-aria-components';
import { useWeekStart } from '@/data/me.ts';
import { t } from '@/i18n/i18n.ts';
import { FIRST_DAYS } from '@/model/week.ts';
import button from '@/ui/button.module.css';
import styles from './DuePicker.module.css';

interface MonthCalendarProps {
  label: string;
  value: string | null;
  /** No later day can be chosen. */
  last?: string | null;
  onChange: (day: string) => void;
}

export function MonthCalendar(props: MonthCalendarProps) {
  const { label, value, last, onChange } = props;
  return (
    <Calendar
      aria-label={label}
      firstDayOfWeek={FIRST_DAYS[useWeekStart()]}
      value={value ? parseDate(value) : null}
      maxValue={last ? parseDate(last) : null}
      onChange={(date) => onChange(date.toString())}
    >
      <div className={styles.month}>
        <Button
          slot="previous"
          className={button.icon}
          aria-label={t('due.previousMonth')}
        >
          <ChevronLeft size={18} />
        </Button>
        <Heading className={styles.monthName} />
        <Button
          slot="next"
          className={button.icon}
          aria-label={t('due.nextMonth')}
        >
          <ChevronRight size={18} />
        </Button>
      </div>
      <CalendarGrid className={styles.grid} weekdayStyle="short">
        <CalendarGridHeader>
          {(day) => (
            <CalendarHeaderCell className={styles.weekday}>
              {day}
            </CalendarHeaderCell>
          )}
        </CalendarGridHeader>
        <CalendarGridBody>
          {(date) => <CalendarCell date={date} className={styles.day} />}
        </CalendarGridBody>
      </CalendarGrid>
    </Calendar>
  );
}
