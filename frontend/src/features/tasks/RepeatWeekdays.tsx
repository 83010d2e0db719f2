import { useWeekStart } from '@/data/me.ts';
import { t } from '@/i18n/i18n.ts';
import { weekdayName } from '@/model/describeRule.ts';
import { WEEKDAYS } from '@/model/recurrence.ts';
import type { RepeatForm } from '@/model/repeatForm.ts';
import styles from './MoreFields.module.css';

const FIRST = { monday: 'MO', saturday: 'SA', sunday: 'SU' } as const;

interface RepeatWeekdaysProps {
  form: RepeatForm;
  change: (part: Partial<RepeatForm>) => void;
}

export function RepeatWeekdays({ form, change }: RepeatWeekdaysProps) {
  const first = WEEKDAYS.indexOf(FIRST[useWeekStart()]);
  const days = [...WEEKDAYS.slice(first), ...WEEKDAYS.slice(0, first)];
  return (
    <fieldset className={styles.set}>
      <legend className={styles.legend}>{t('repeat.weekdays')}</legend>
      <div className={styles.days}>
        {days.map((day) => (
          <label key={day} className={styles.day}>
            <input
              type="checkbox"
              className={styles.box}
              aria-label={weekdayName(day)}
              checked={form.weekdays.includes(day)}
              onChange={({ target }) =>
                change({
                  weekdays: WEEKDAYS.filter((each) =>
                    each === day
                      ? target.checked
                      : form.weekdays.includes(each),
                  ),
                })
              }
            />
            <span aria-hidden="true">{weekdayName(day, 'short')}</span>
          </label>
        ))}
      </div>
      <p className={styles.hint}>{t('repeat.weekdaysHint')}</p>
    </fieldset>
  );
}
