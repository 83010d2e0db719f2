import { t } from '@/i18n/i18n.ts';
import button from '@/ui/button.module.css';
import { isInstalled, useInstall } from '@/ui/install.ts';
import { Section } from './Section.tsx';
import styles from './Settings.module.css';

export function InstallSettings() {
  const install = useInstall();
  return (
    <Section title={t('settings.app')} lead={t('settings.appHelp')}>
      {install ? (
        <button
          type="button"
          className={`${button.button} ${styles.start}`}
          onClick={() => void install()}
        >
          {t('settings.install')}
        </button>
      ) : (
        <p className={styles.lead}>
          {t(isInstalled() ? 'settings.installed' : 'settings.installMenu')}
        </p>
      )}
    </Section>
  );
}
