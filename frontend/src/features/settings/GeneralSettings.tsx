import { useUser } from '@/data/me.ts';
import { t } from '@/i18n/i18n.ts';
import { DaySettings } from './DaySettings.tsx';
import { InstallSettings } from './InstallSettings.tsx';
import { KeySettings, LookSettings } from './LookSettings.tsx';
import { NameForm } from './NameForm.tsx';
import { Section } from './Section.tsx';
import styles from './Settings.module.css';

export function GeneralSettings({ hasAccount }: { hasAccount: boolean }) {
  const user = useUser();
  return (
    <>
      {user && (
        <>
          <Section title={t('settings.profile')}>
            <NameForm user={user} />
            {hasAccount && (
              <dl className={styles.fact}>
                <dt>{t('settings.email')}</dt>
                <dd className={styles.typed}>{user.email}</dd>
                <dd className={styles.help}>{t('settings.emailHelp')}</dd>
              </dl>
            )}
          </Section>
          <DaySettings user={user} />
        </>
      )}
      <LookSettings />
      <KeySettings />
      <InstallSettings />
    </>
  );
}
