import { type SubmitEvent, useState } from 'react';
import { createToken } from '@/api/createToken.ts';
import type { TokenScope } from '@/api/types.ts';
import { t } from '@/i18n/i18n.ts';
import button from '@/ui/button.module.css';
import { CopyButton } from '@/ui/CopyButton.tsx';
import { Field } from '@/ui/Field.tsx';
import { SelectField } from '@/ui/SelectField.tsx';
import { ChoiceField } from './ChoiceField.tsx';
import { FormError } from './FormError.tsx';
import { fieldError } from './fieldErrors.ts';
import styles from './Settings.module.css';

const SCOPES: readonly TokenScope[] = ['read', 'write'];
const DAYS = [7, 30, 90, 365];
const DAY_MS = 24 * 3600_000;

interface TokenFormProps {
  offline: boolean;
  onCreated: () => void;
}

export function TokenForm({ offline, onCreated }: TokenFormProps) {
  const [name, setName] = useState('');
  const [scope, setScope] = useState<TokenScope>('read');
  const [days, setDays] = useState('90');
  const [empty, setEmpty] = useState(false);
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<unknown>();
  const [made, setMade] = useState<{ name: string; token: string } | null>(
    null,
  );

  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    const wanted = name.trim();
    setEmpty(wanted === '');
    if (wanted === '') {
      return;
    }
    const end = days === '' ? null : Date.now() + Number(days) * DAY_MS;
    const expires_at = end === null ? null : new Date(end).toISOString();
    setBusy(true);
    setFailure(undefined);
    try {
      setMade(await createToken({ name: wanted, scope, expires_at }));
      setName('');
      onCreated();
    } catch (error) {
      setFailure(error);
    }
    setBusy(false);
  };

  if (made) {
    return <Secret {...made} onClose={() => setMade(null)} />;
  }
  const refused = fieldError(failure, '/name')?.detail;
  return (
    <form className={styles.form} onSubmit={submit} noValidate>
      <Field
        label={t('tokens.name')}
        hint={t('tokens.nameHelp')}
        value={name}
        maxLength={100}
        autoComplete="off"
        error={empty ? t('tokens.needsName') : refused}
        onChange={(event) => setName(event.target.value)}
      />
      <ChoiceField
        label={t('tokens.scope')}
        value={scope}
        choices={SCOPES.map((value) => ({
          value,
          label: t(`tokens.${value}`),
          help: t(`tokens.${value}Help`),
        }))}
        onChange={setScope}
      />
      <SelectField
        label={t('tokens.expiry')}
        value={days}
        onChange={(event) => setDays(event.target.value)}
      >
        {DAYS.map((count) => (
          <option key={count} value={count}>
            {t('tokens.days', { count })}
          </option>
        ))}
        <option value="">{t('tokens.never')}</option>
      </SelectField>
      {failure !== undefined && !refused && <FormError error={failure} />}
      <button
        type="submit"
        className={`${button.primary} ${styles.start}`}
        disabled={busy || offline}
      >
        {t('tokens.create')}
      </button>
    </form>
  );
}

interface SecretProps {
  name: string;
  token: string;
  onClose: () => void;
}

/** The only time that a token can be seen. */
function Secret({ name, token, onClose }: SecretProps) {
  return (
    <div className={styles.secret} role="status">
      <p className={`${styles.name} ${styles.typed}`}>
        {t('tokens.secretOf', { name })}
      </p>
      <p>{t('tokens.secret')}</p>
      <p className={styles.copyLine}>
        <code className={styles.code}>{token}</code>
        <CopyButton text={token} label={t('tokens.copy')} />
      </p>
      <button
        type="button"
        className={`${button.button} ${styles.start}`}
        onClick={onClose}
      >
        {t('tokens.done')}
      </button>
    </div>
  );
}
