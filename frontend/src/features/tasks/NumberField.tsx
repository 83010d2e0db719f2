import { t } from '@/i18n/i18n.ts';
import { LIMITS, numberIn } from '@/model/repeatForm.ts';
import { Field } from '@/ui/Field.tsx';

interface NumberFieldProps {
  name: keyof typeof LIMITS;
  label: string;
  value: string;
  onValue: (text: string) => void;
}

/** A number of a rule, within the server's limits. */
export function NumberField(props: NumberFieldProps) {
  const { name, label, value, onValue } = props;
  const max = LIMITS[name];
  return (
    <Field
      label={label}
      type="number"
      inputMode="numeric"
      min={1}
      max={max}
      value={value}
      onChange={({ target }) => onValue(target.value)}
      error={
        numberIn(name, value) === null ? t('repeat.numberError', { max }) : null
      }
    />
  );
}
