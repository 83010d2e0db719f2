import { useSyncState } from '@/data/syncState.ts';
import { t } from '@/i18n/i18n.ts';
import { DeleteAccount } from './DeleteAccount.tsx';
import { PasswordForm } from './PasswordForm.tsx';
import { SessionList } from './SessionList.tsx';
import styles from './Settings.module.css';

/** What needs the server: password, sessions, the end of the account. */
export function AccountSettings() {
  const offline = useSyncState()?.offline ?? false;
  return (
    <>
      {offline && (
        <p className={styles.notice} role="status">
          {t('settings.offline')}
        </p>
      )}
      <PasswordForm offline={offline} />
      <SessionList />
      <DeleteAccount offline={offline} />
    </>
  );
}
