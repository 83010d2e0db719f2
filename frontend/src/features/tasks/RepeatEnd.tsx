import { t } from '@/i18n/i18n.ts';
import { ENDS, type RepeatForm } from '@/model/repeatForm.ts';
import { Field } from '@/ui/Field.tsx';
import { SelectField } from '@/ui/SelectField.tsx';
import { NumberField } from './NumberField.tsx';

interface RepeatEndProps {
  form: RepeatForm;
  change: (part: Partial<RepeatForm>) => void;
  /** Whether it was to be saved: only then a day that is missing is wrong. */
  isTried: boolean;
}

export function RepeatEnd({ form, change, isTried }: RepeatEndProps) {
  return (
    <>
      <SelectField
        label={t('repeat.end.label')}
        value={form.end}
        onChange={({ target }) =>
          change({ end: target.value as RepeatForm['end'] })
        }
      >
        {ENDS.map((end) => (
          <option key={end} value={end}>
            {t(`repeat.end.${end}`)}
          </option>
        ))}
      </SelectField>
      {form.end === 'until' && (
        <Field
          label={t('repeat.until')}
          type="date"
          value={form.until}
          onChange={({ target }) => change({ until: target.value })}
          error={isTried && form.until === '' ? t('repeat.untilError') : null}
        />
      )}
      {form.end === 'count' && (
        <NumberField
          name="count"
          label={t('repeat.count')}
          value={form.count}
          onValue={(count) => change({ count })}
        />
      )}
    </>
  );
}
