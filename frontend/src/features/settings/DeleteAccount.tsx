import { type SubmitEvent, useState } from 'react';
import { deleteAccount } from '@/data/session.ts';
import { t } from '@/i18n/i18n.ts';
import button from '@/ui/button.module.css';
import { PasswordField } from '@/ui/PasswordField.tsx';
import { Sheet, SheetButtons } from '@/ui/Sheet.tsx';
import { FormError } from './FormError.tsx';
import { fieldError } from './fieldErrors.ts';
import { Section } from './Section.tsx';
import styles from './Settings.module.css';

export function DeleteAccount({ offline }: { offline: boolean }) {
  const [asking, setAsking] = useState(false);
  return (
    <Section title={t('deleting.title')} lead={t('deleting.lead')}>
      <button
        type="button"
        className={`${button.danger} ${styles.start}`}
        disabled={offline}
        onClick={() => setAsking(true)}
      >
        {t('deleting.open')}
      </button>
      <Sheet
        title={t('deleting.title')}
        isOpen={asking}
        onClose={() => setAsking(false)}
      >
        <DeleteForm onClose={() => setAsking(false)} />
      </Sheet>
    </Section>
  );
}

function DeleteForm({ onClose }: { onClose: () => void }) {
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<unknown>();
  const [empty, setEmpty] = useState(false);

  const submit = async (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const data = new FormData(event.currentTarget);
    const password = String(data.get('password'));
    setEmpty(password === '');
    if (password === '') {
      return;
    }
    setBusy(true);
    try {
      await deleteAccount(password);
    } catch (error) {
      setFailure(error);
      setBusy(false);
    }
  };

  const isWrong = fieldError(failure, '/current_password') !== undefined;
  return (
    <form className={styles.form} onSubmit={submit} noValidate>
      <p>{t('deleting.warning')}</p>
      <PasswordField
        label={t('deleting.password')}
        name="password"
        autoComplete="current-password"
        error={
          (empty && t('password.empty')) ||
          (isWrong && t('password.wrong')) ||
          ''
        }
      />
      {failure !== undefined && !isWrong && <FormError error={failure} />}
      <SheetButtons>
        <button type="button" className={button.button} onClick={onClose}>
          {t('settings.cancel')}
        </button>
        <button type="submit" className={button.danger} disabled={busy}>
          {t('deleting.confirm')}
        </button>
      </SheetButtons>
    </form>
  );
}
