import { NavLink, Route, Routes } from 'react-router';
import { useSession } from '@/data/session.ts';
import { AccountSettings } from '@/features/settings/AccountSettings.tsx';
import { GeneralSettings } from '@/features/settings/GeneralSettings.tsx';
import { TokenSettings } from '@/features/settings/TokenSettings.tsx';
import { enHelp } from '@/i18n/enHelp.ts';
import { enSettings } from '@/i18n/enSettings.ts';
import { addTexts, t } from '@/i18n/i18n.ts';
import styles from './SettingsPage.module.css';
import { ViewFrame } from './ViewFrame.tsx';

addTexts({ ...enSettings, ...enHelp });

/** Where nobody signs in, there is neither a password nor a token. */
export function SettingsPage() {
  const session = useSession();
  const hasAccount = session.type === 'in' && session.canSignOut;
  return (
    <ViewFrame title={t('settings.title')}>
      {hasAccount && (
        <nav className={styles.tabs} aria-label={t('settings.sections')}>
          <NavLink to="/settings" end className={styles.tab}>
            {t('settings.general')}
          </NavLink>
          <NavLink to="/settings/account" className={styles.tab}>
            {t('settings.security')}
          </NavLink>
          <NavLink to="/settings/tokens" className={styles.tab}>
            {t('settings.tokens')}
          </NavLink>
        </nav>
      )}
      <Routes>
        {hasAccount && (
          <>
            <Route path="account" element={<AccountSettings />} />
            <Route path="tokens" element={<TokenSettings />} />
          </>
        )}
        <Route path="*" element={<GeneralSettings hasAccount={hasAccount} />} />
      </Routes>
    </ViewFrame>
  );
}
