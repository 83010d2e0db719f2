import { Menu } from 'lucide-react';
import { Suspense, useEffect, useState } from 'react';
import { Route, Routes, useLocation, useNavigate } from 'react-router';
import { Outbox } from '@/features/outbox/Outbox.tsx';
import { t } from '@/i18n/i18n.ts';
import { PLACES } from '@/model/view.ts';
import button from '@/ui/button.module.css';
import { lazyPart } from '@/ui/lazyPart.ts';
import { lazySheet } from '@/ui/lazySheet.tsx';
import { Message } from '@/ui/Message.tsx';
import { HoldShortcuts, useShortcuts } from '@/ui/shortcuts.ts';
import { undoAct } from '@/ui/undo.ts';
import { ListPage } from './ListPage.tsx';
import { PlacePage } from './PlacePage.tsx';
import { Printing } from './Printing.tsx';
import { SearchPage } from './SearchPage.tsx';
import { SharePage } from './SharePage.tsx';
import styles from './Shell.module.css';
import { Sidebar } from './Sidebar.tsx';
import { TagPage } from './TagPage.tsx';
import { ViewFrame } from './ViewFrame.tsx';

const SettingsPage = lazyPart(
  async () => (await import('./SettingsPage.tsx')).SettingsPage,
);

const loadDrawer = async () => (await import('./Drawer.tsx')).Drawer;
const Drawer = lazySheet(loadDrawer);

const ShortcutSheet = lazySheet(
  async () => (await import('@/features/help/ShortcutSheet.tsx')).ShortcutSheet,
);

const Palette = lazyPart(async () => (await import('./Palette.tsx')).Palette);

/** Sidebar, or drawer on a phone, and the view that the address names. */
export function Shell() {
  const [help, setHelp] = useState(false);
  const [drawer, setDrawer] = useState(false);
  const [palette, setPalette] = useState(false);
  const { pathname } = useLocation();
  useGlobalKeys(
    () => setHelp(true),
    () => setPalette(true),
  );
  // biome-ignore lint/correctness/useExhaustiveDependencies: on each new view
  useEffect(() => setDrawer(false), [pathname]);

  const openHelp = () => {
    setDrawer(false);
    setHelp(true);
  };
  return (
    <div className={styles.shell}>
      <a className={styles.skip} href="#main">
        {t('app.skip')}
      </a>
      <aside className={styles.side}>
        <Sidebar onShortcuts={openHelp} />
      </aside>
      <div className={styles.content}>
        <button
          type="button"
          className={`${button.icon} ${styles.opener}`}
          aria-label={t('nav.open')}
          // A failure shows when it is opened.
          onPointerEnter={() => void loadDrawer().catch(() => undefined)}
          onClick={() => setDrawer(true)}
        >
          <Menu size={22} />
        </button>
        <Views />
      </div>
      <Drawer
        isOpen={drawer}
        onClose={() => setDrawer(false)}
        onShortcuts={openHelp}
      />
      <ShortcutSheet isOpen={help} onClose={() => setHelp(false)} />
      <Outbox />
      <Suspense fallback={<HoldShortcuts />}>
        {palette && (
          <Palette onClose={() => setPalette(false)} onShortcuts={openHelp} />
        )}
      </Suspense>
      <Printing />
    </div>
  );
}

function Views() {
  return (
    <Routes>
      {PLACES.map((place) => (
        <Route
          key={place}
          path={`/${place}`}
          element={<PlacePage key={place} place={place} />}
        />
      ))}
      <Route path="/lists/:id" element={<ListPage />} />
      <Route path="/tags/:name" element={<TagPage />} />
      <Route path="/search" element={<SearchPage />} />
      <Route path="/share" element={<SharePage />} />
      <Route
        path="/settings/*"
        element={
          <Suspense fallback={null}>
            <SettingsPage />
          </Suspense>
        }
      />
      <Route
        path="*"
        element={
          <ViewFrame title={t('nav.notFound')}>
            <Message
              title={t('empty.notFound')}
              help={t('empty.notFoundHelp')}
            />
          </ViewFrame>
        }
      />
    </Routes>
  );
}

function useGlobalKeys(onHelp: () => void, onPalette: () => void): void {
  const navigate = useNavigate();
  const focusOrGo = (id: string, path: string) => () => {
    const field = document.getElementById(id);
    if (field) {
      field.focus();
    } else {
      navigate(path);
    }
  };
  useShortcuts('anywhere', {
    new: focusOrGo('quick-add', '/inbox#add'),
    search: focusOrGo('search', '/search'),
    palette: onPalette,
    undo: () => undoAct(),
    sheet: onHelp,
  });
  useShortcuts('go', {
    inbox: () => navigate('/inbox'),
    today: () => navigate('/today'),
    upcoming: () => navigate('/upcoming'),
    completed: () => navigate('/completed'),
    trash: () => navigate('/trash'),
  });
}
