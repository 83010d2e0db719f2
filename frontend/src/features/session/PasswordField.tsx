import { useState } from 'react';
import { t } from '@/i18n/i18n.ts';
import { Field } from '@/ui/Field.tsx';
import styles from './AuthPage.module.css';

interface PasswordFieldProps {
  isNew: boolean;
  error: string | undefined;
}

export function PasswordField({ isNew, error }: PasswordFieldProps) {
  const [shown, setShown] = useState(false);
  return (
    <div className={styles.password}>
      <Field
        label={t('session.password')}
        hint={isNew ? t('session.passwordHint') : undefined}
        name="password"
        type={shown ? 'text' : 'password'}
        autoComplete={isNew ? 'new-password' : 'current-password'}
        autoCapitalize="none"
        spellCheck={false}
        maxLength={256}
        error={error}
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
