import { type SubmitEvent, useState } from 'react';
import { changePassword } from '@/api/changePassword.ts';
import { useUser } from '@/data/me.ts';
import { t } from '@/i18n/i18n.ts';
import button from '@/ui/button.module.css';
import { PasswordField } from '@/ui/PasswordField.tsx';
import { showToast } from '@/ui/toasts.ts';
import { FormError } from './FormError.tsx';
import { fieldError } from './fieldErrors.ts';
import { Section } from './Section.tsx';
import styles from './Settings.module.css';

const MIN_PASSWORD = 8;

interface Wrong {
  current?: string;
  password?: string;
  form?: unknown;
}

function wrongOf(error: unknown): Wrong {
  const current = fieldError(error, '/current_password');
  const next = fieldError(error, '/password');
  if (!current && !next) {
    return { form: error };
  }
  return {
    current: current && t('password.wrong'),
    password: next?.code === 'too_common' ? t('password.common') : next?.detail,
  };
}

export function PasswordForm({ offline }: { offline: boolean }) {
  const email = useUser()?.email ?? '';
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState<Wrong>({});

  const submit = async (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    const data = new FormData(form);
    const current = String(data.get('current'));
    const password = String(data.get('password'));
    const found: Wrong = {};
    if (current === '') {
      found.current = t('password.empty');
    }
    if ([...password].length < MIN_PASSWORD) {
      found.password = t('session.shortPassword');
    }
    setWrong(found);
    if (found.current || found.password) {
      return;
    }
    setBusy(true);
    try {
      await changePassword(current, password);
      form.reset();
      showToast({ kind: 'info', text: t('password.changed') });
    } catch (error) {
      setWrong(wrongOf(error));
    }
    setBusy(false);
  };

  return (
    <Section title={t('password.title')} lead={t('password.help')}>
      <form className={styles.form} onSubmit={submit} noValidate>
        {/* For what keeps passwords: whose this is. */}
        <input
          type="text"
          name="username"
          autoComplete="username"
          value={email}
          readOnly
          hidden
        />
        <PasswordField
          label={t('password.current')}
          name="current"
          autoComplete="current-password"
          error={wrong.current}
        />
        <PasswordField
          label={t('password.new')}
          hint={t('session.passwordHint')}
          name="password"
          autoComplete="new-password"
          error={wrong.password}
        />
        {wrong.form !== undefined && <FormError error={wrong.form} />}
        <button
          type="submit"
          className={`${button.button} ${styles.start}`}
          disabled={busy || offline}
        >
          {t('password.change')}
        </button>
      </form>
    </Section>
  );
}
