import {
  CalendarDays,
  CircleCheckBig,
  Inbox,
  Search,
  Sun,
  Trash2,
} from 'lucide-react';
import { useTaskCount } from '@/data/tasks.ts';
import { ListNav } from '@/features/lists/ListNav.tsx';
import { UserMenu } from '@/features/session/UserMenu.tsx';
import { TagNav } from '@/features/tags/TagNav.tsx';
import { t } from '@/i18n/i18n.ts';
import { NavItem } from '@/ui/NavItem.tsx';
import styles from './Sidebar.module.css';

export function Sidebar({ onShortcuts }: { onShortcuts: () => void }) {
  const inbox = useTaskCount({ kind: 'inbox' });
  const today = useTaskCount({ kind: 'today' });
  const upcoming = useTaskCount({ kind: 'upcoming' });
  return (
    <div className={styles.sidebar}>
      <nav className={styles.nav} aria-label={t('nav.label')}>
        <NavItem
          to="/search"
          icon={<Search size={18} />}
          label={t('nav.search')}
        />
        <NavItem
          to="/inbox"
          icon={<Inbox size={18} />}
          label={t('nav.inbox')}
          count={inbox}
        />
        <NavItem
          to="/today"
          icon={<Sun size={18} />}
          label={t('nav.today')}
          count={today}
        />
        <NavItem
          to="/upcoming"
          icon={<CalendarDays size={18} />}
          label={t('nav.upcoming')}
          count={upcoming}
        />
        <div className={styles.lists}>
          <ListNav />
          <TagNav />
        </div>
        <NavItem
          to="/completed"
          icon={<CircleCheckBig size={18} />}
          label={t('nav.completed')}
        />
        <NavItem
          to="/trash"
          icon={<Trash2 size={18} />}
          label={t('nav.trash')}
        />
      </nav>
      <div className={styles.foot}>
        <UserMenu onShortcuts={onShortcuts} />
      </div>
    </div>
  );
}
