import { type ComponentProps, useState } from 'react';
import { t } from '@/i18n/i18n.ts';
import { Field } from './Field.tsx';
import styles from './PasswordField.module.css';

/** A password that can be looked at while it is typed. */
export function PasswordField(props: ComponentProps<typeof Field>) {
  const [shown, setShown] = useState(false);
  return (
    <div className={styles.password}>
      <Field
        {...props}
        type={shown ? 'text' : 'password'}
        autoCapitalize="none"
        spellCheck={false}
        maxLength={256}
      />
      <label className={styles.show}>
        <input
          type="checkbox"
          checked={shown}
          onChange={(event) => setShown(event.target.checked)}
        />
        {t('session.show')}
      </label>
    </div>
  );
}
