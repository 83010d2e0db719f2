import { useId } from 'react';
import styles from './Settings.module.css';

interface ChoiceFieldProps<T extends string> {
  label: string;
  value: T;
  choices: readonly { value: T; label: string; help?: string }[];
  onChange: (value: T) => void;
}

/** One of a few, all in sight. */
export function ChoiceField<T extends string>(props: ChoiceFieldProps<T>) {
  const name = useId();
  return (
    <fieldset className={styles.choices}>
      <legend className={styles.legend}>{props.label}</legend>
      {props.choices.map(({ value, label, help }) => (
        <label key={value} className={styles.choice}>
          <input
            type="radio"
            name={name}
            value={value}
            checked={value === props.value}
            onChange={() => props.onChange(value)}
          />
          <span>
            {label}
            {help && <small className={styles.help}>{help}</small>}
          </span>
        </label>
      ))}
    </fieldset>
  );
}
