import { type SubmitEvent, useState } from 'react';
import { Link } from 'react-router';
import type { Registration } from '@/api/types.ts';
import { signIn, signUp } from '@/data/session.ts';
import { t } from '@/i18n/i18n.ts';
import button from '@/ui/button.module.css';
import { CopyId } from '@/ui/CopyId.tsx';
import { Field } from '@/ui/Field.tsx';
import { PasswordField } from '@/ui/PasswordField.tsx';
import styles from './AuthPage.module.css';
import { type AuthErrors, authErrors, checkFields } from './authErrors.ts';

interface AuthPageProps {
  mode: 'signIn' | 'signUp';
  registration: Registration;
  /** A session has ended that was not signed out. */
  ended: boolean;
}

export function AuthPage({ mode, registration, ended }: AuthPageProps) {
  const isNew = mode === 'signUp' && registration !== 'closed';
  const isFirst = isNew && registration === 'first';
  const title = isFirst ? 'firstTitle' : isNew ? 'signUpTitle' : 'signInTitle';
  const lead = isFirst ? 'firstLead' : isNew ? 'signUpLead' : 'signInLead';
  return (
    <main className={styles.page}>
      <div className={styles.card}>
        <img className={styles.logo} src="/icon.svg" alt="" />
        <h1 className={styles.title}>{t(`session.${title}`)}</h1>
        <p className={styles.lead}>{t(`session.${lead}`)}</p>
        {mode === 'signUp' && registration === 'closed' && (
          <p className={styles.notice} role="status">
            {t('session.closed')}
          </p>
        )}
        {ended && (
          <p className={styles.notice} role="status">
            {t('session.ended')}
          </p>
        )}
        <AuthForm key={String(isNew)} isNew={isNew} />
        {isNew && !isFirst && (
          <p className={styles.other}>
            {t('session.toSignIn')}{' '}
            <Link to="/sign-in">{t('session.signIn')}</Link>
          </p>
        )}
        {!isNew && registration !== 'closed' && (
          <p className={styles.other}>
            {t('session.toSignUp')}{' '}
            <Link to="/sign-up">{t('session.signUp')}</Link>
          </p>
        )}
      </div>
    </main>
  );
}

function AuthForm({ isNew }: { isNew: boolean }) {
  const [busy, setBusy] = useState(false);
  const [errors, setErrors] = useState<AuthErrors>({});

  const submit = async (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const data = new FormData(event.currentTarget);
    const text = (name: string) => String(data.get(name) ?? '');
    const email = text('email').trim();
    const found = checkFields(email, text('password'), isNew);
    setErrors(found);
    if (found.email || found.password) {
      return;
    }
    setBusy(true);
    try {
      if (isNew) {
        await signUp(email, text('password'), text('name').trim());
      } else {
        await signIn(email, text('password'));
      }
    } catch (error) {
      setErrors(authErrors(error, isNew));
      setBusy(false);
    }
  };

  return (
    <form className={styles.form} onSubmit={submit} noValidate>
      {isNew && (
        <Field
          label={t('session.name')}
          hint={t('session.nameHint')}
          name="name"
          autoComplete="name"
          maxLength={100}
        />
      )}
      <Field
        label={t('session.email')}
        name="email"
        type="email"
        autoComplete="username"
        inputMode="email"
        autoCapitalize="none"
        spellCheck={false}
        error={errors.email}
      />
      <PasswordField
        label={t('session.password')}
        hint={isNew ? t('session.passwordHint') : undefined}
        name="password"
        autoComplete={isNew ? 'new-password' : 'current-password'}
        error={errors.password}
      />
      {errors.form && (
        <div className={styles.error} role="alert">
          <p>{errors.form}</p>
          {errors.requestId && <CopyId id={errors.requestId} />}
        </div>
      )}
      <button type="submit" className={button.primary} disabled={busy}>
        {t(isNew ? 'session.signUp' : 'session.signIn')}
      </button>
    </form>
  );
}
