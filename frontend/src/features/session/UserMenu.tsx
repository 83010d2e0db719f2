import {
  Check,
  ChevronsUpDown,
  Keyboard,
  LogOut,
  Printer,
  Settings,
} from 'lucide-react';
import { useState } from 'react';
import {
  Button,
  Header,
  Menu,
  MenuItem,
  MenuSection,
  MenuTrigger,
  Popover,
  Separator,
} from 'react-aria-components';
import { useNavigate } from 'react-router';
import { useUser } from '@/data/me.ts';
import { signOut, useSession } from '@/data/session.ts';
import { useSyncState } from '@/data/syncState.ts';
import { t } from '@/i18n/i18n.ts';
import button from '@/ui/button.module.css';
import { showError } from '@/ui/errorText.ts';
import menu from '@/ui/menu.module.css';
import { printView } from '@/ui/print.ts';
import { Sheet } from '@/ui/Sheet.tsx';
import { setTheme, THEME_TEXTS, THEMES, useTheme } from '@/ui/theme.ts';
import styles from './UserMenu.module.css';

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
    signOut().catch((error: unknown) => showError(t('error.sign'), error));
  return (
    <>
      <MenuTrigger>
        <Button className={styles.trigger}>
          <span className={styles.avatar} aria-hidden="true">
            {[...name][0]?.toLocaleUpperCase()}
          </span>
          <span className={styles.name}>{name}</span>
          <span className="sr-only">{t('session.account')}</span>
          <ChevronsUpDown size={16} aria-hidden="true" />
        </Button>
        <Popover className={menu.popover} placement="top start">
          <Menu className={menu.menu} aria-label={t('session.account')}>
            <MenuSection
              selectionMode="single"
              disallowEmptySelection
              selectedKeys={[theme]}
              onSelectionChange={(keys) => {
                const next = THEMES.find(
                  (item) => keys !== 'all' && keys.has(item),
                );
                if (next) {
                  setTheme(next);
                }
              }}
            >
              <Header className={menu.heading}>{t('session.theme')}</Header>
              {THEMES.map((item) => (
                <MenuItem key={item} id={item} className={menu.item}>
                  {t(THEME_TEXTS[item])}
                  {item === theme && <Check size={16} className={menu.tick} />}
                </MenuItem>
              ))}
            </MenuSection>
            <Separator className={menu.separator} />
            <MenuItem
              className={menu.item}
              onAction={() => navigate('/settings')}
            >
              <Settings size={16} />
              {t('session.settings')}
            </MenuItem>
            <MenuItem className={menu.item} onAction={printView}>
              <Printer size={16} />
              {t('session.print')}
            </MenuItem>
            <MenuItem className={menu.item} onAction={onShortcuts}>
              <Keyboard size={16} />
              {t('session.shortcuts')}
            </MenuItem>
            {canSignOut && (
              <MenuItem
                className={menu.item}
                onAction={waiting > 0 ? () => setAsking(true) : leave}
              >
                <LogOut size={16} />
                {t('session.signOut')}
              </MenuItem>
            )}
          </Menu>
        </Popover>
      </MenuTrigger>
      <Sheet
        title={t('session.signOut')}
        isOpen={asking}
        onClose={() => setAsking(false)}
      >
        <p className={styles.warning}>
          {t('session.unsent', { count: waiting })}
        </p>
        <div className={styles.buttons}>
          <button
            type="button"
            className={button.button}
            onClick={() => setAsking(false)}
          >
            {t('session.stay')}
          </button>
          <button type="button" className={button.primary} onClick={leave}>
            {t('session.signOutAnyway')}
          </button>
        </div>
      </Sheet>
    </>
  );
}
