import {
  ChevronsUpDown,
  Keyboard,
  LogOut,
  Printer,
  Settings,
} from 'lucide-react';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { useUser } from '@/data/me.ts';
import { signOut, useSession } from '@/data/session.ts';
import { useSyncState } from '@/data/syncState.ts';
import { t } from '@/i18n/i18n.ts';
import { showError } from '@/ui/errorText.ts';
import { lazySheet } from '@/ui/lazySheet.tsx';
import { MenuButton } from '@/ui/MenuButton.tsx';
import type { MenuChoice } from '@/ui/MenuPopover.tsx';
import { printView } from '@/ui/print.ts';
import { setTheme, THEME_TEXTS, THEMES, useTheme } from '@/ui/theme.ts';
import styles from './UserMenu.module.css';

const LeaveSheet = lazySheet(
  async () => (await import('./LeaveSheet.tsx')).LeaveSheet,
);

export function UserMenu({ onShortcuts }: { onShortcuts: () => void }) {
  const user = useUser();
  const session = useSession();
  const canSignOut = session.type === 'in' && session.canSignOut;
  const waiting = useSyncState()?.waiting ?? 0;
  const [asking, setAsking] = useState(false);
  const theme = useTheme();
  const navigate = useNavigate();
  const name = user?.name || user?.email || t('app.name');
  const leave = () =>
    void signOut().catch((error: unknown) => showError(t('error.sign'), error));
  const choices: MenuChoice[] = [
    {
      id: 'settings',
      label: t('session.settings'),
      icon: <Settings size={16} />,
      run: () => navigate('/settings'),
    },
    {
      id: 'print',
      label: t('session.print'),
      icon: <Printer size={16} />,
      run: printView,
    },
    {
      id: 'shortcuts',
      label: t('session.shortcuts'),
      icon: <Keyboard size={16} />,
      run: onShortcuts,
    },
  ];
  if (canSignOut) {
    choices.push({
      id: 'signOut',
      label: t('session.signOut'),
      icon: <LogOut size={16} />,
      run: waiting > 0 ? () => setAsking(true) : leave,
    });
  }
  const themes = THEMES.map((id) => ({
    id,
    label: t(THEME_TEXTS[id]),
    run: () => setTheme(id),
  }));
  return (
    <>
      <MenuButton
        className={styles.trigger}
        label={t('session.account')}
        placement="top start"
        groups={[
          {
            id: 'themes',
            heading: t('session.theme'),
            chosen: theme,
            choices: themes,
          },
          { id: 'acts', choices },
        ]}
      >
        <span className={styles.avatar} aria-hidden="true">
          {[...name][0]?.toLocaleUpperCase()}
        </span>
        <span className={styles.name}>{name}</span>
        <span className="sr-only">{t('session.account')}</span>
        <ChevronsUpDown size={16} aria-hidden="true" />
      </MenuButton>
      <LeaveSheet
        isOpen={asking}
        waiting={waiting}
        onClose={() => setAsking(false)}
        onLeave={leave}
      />
    </>
  );
}
