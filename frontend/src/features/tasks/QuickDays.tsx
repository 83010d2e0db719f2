import type { ReactNode } from 'react';
import { t } from '@/i18n/i18n.ts';
import { daysFrom, nextWeek } from '@/model/dates.ts';
import button from '@/ui/button.module.css';
import styles from './DuePicker.module.css';

interface QuickDaysProps {
  today: string;
  /** The last day that may be chosen. */
  last?: string | null;
  onDay: (day: string) => void;
  /** More chips beside them. */
  children: ReactNode;
}

/** Today, tomorrow and next week, each a chip. */
export function QuickDays(props: QuickDaysProps) {
  const { today, last = null, onDay, children } = props;
  const days = [
    ['today', today],
    ['tomorrow', daysFrom(today, 1)],
    ['nextWeek', nextWeek(today)],
  ] as const;
  return (
    <div className={styles.choices}>
      {days
        .filter(([, day]) => last === null || day <= last)
        .map(([name, day]) => (
          <button
            key={name}
            type="button"
            className={button.chip}
            onClick={() => onDay(day)}
          >
            {t(`due.${name}`)}
          </button>
        ))}
      {children}
    </div>
  );
}
