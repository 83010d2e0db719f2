import { t } from '@/i18n/i18n.ts';
import { monthName, ordinal, weekdayName } from '@/model/describeRule.ts';
import { WEEKDAYS, type Weekday } from '@/model/recurrence.ts';
import { NTHS, PLACES, type RepeatForm } from '@/model/repeatForm.ts';
import { SelectField } from '@/ui/SelectField.tsx';
import styles from './MoreFields.module.css';
import { NumberField } from './NumberField.tsx';

const MONTHS = Array.from({ length: 12 }, (_, index) => index + 1);

interface RepeatPlaceProps {
  form: RepeatForm;
  change: (part: Partial<RepeatForm>) => void;
}

/** On which day of a month, and in which month of a year. */
export function RepeatPlace({ form, change }: RepeatPlaceProps) {
  return (
    <>
      <SelectField
        label={t('repeat.place.label')}
        value={form.place}
        onChange={({ target }) =>
          change({ place: target.value as RepeatForm['place'] })
        }
      >
        {PLACES.map((place) => (
          <option key={place} value={place}>
            {t(`repeat.place.${place}`)}
          </option>
        ))}
      </SelectField>
      {form.place === 'day' && (
        <NumberField
          name="day"
          label={t('repeat.day')}
          value={form.day}
          onValue={(day) => change({ day })}
        />
      )}
      {form.place === 'nth' && <NthWeekday form={form} change={change} />}
      {form.kind === 'YEARLY' && form.place !== 'due' && (
        <SelectField
          label={t('repeat.month')}
          value={form.month}
          onChange={({ target }) => change({ month: Number(target.value) })}
        >
          {MONTHS.map((month) => (
            <option key={month} value={month}>
              {monthName(month)}
            </option>
          ))}
        </SelectField>
      )}
    </>
  );
}

function NthWeekday({ form, change }: RepeatPlaceProps) {
  return (
    <div className={styles.pair}>
      <SelectField
        label={t('repeat.nth')}
        value={form.nth}
        onChange={({ target }) => change({ nth: Number(target.value) })}
      >
        {NTHS.map((nth) => (
          <option key={nth} value={nth}>
            {ordinal(nth)}
          </option>
        ))}
      </SelectField>
      <SelectField
        label={t('repeat.weekday')}
        value={form.weekday}
        onChange={({ target }) => change({ weekday: target.value as Weekday })}
      >
        {WEEKDAYS.map((day) => (
          <option key={day} value={day}>
            {weekdayName(day)}
          </option>
        ))}
      </SelectField>
    </div>
  );
}
