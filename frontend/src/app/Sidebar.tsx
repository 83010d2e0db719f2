import {
  CalendarDays,
  CircleCheckBig,
  Inbox,
  Search,
  Sun,
  Trash2,
} from 'lucide-react';
import { tasksIn } from '@/data/taskCache.ts';
import { useTaskPages } from '@/data/tasks.ts';
import { ListNav } from '@/features/lists/ListNav.tsx';
import { UserMenu } from '@/features/session/UserMenu.tsx';
import { t } from '@/i18n/i18n.ts';
import { belongs, type View } from '@/model/view.ts';
import { NavItem } from '@/ui/NavItem.tsx';
import { useToday } from '@/ui/useToday.ts';
import styles from './Sidebar.module.css';

export function Sidebar({ onShortcuts }: { onShortcuts: () => void }) {
  const inbox = useOpenCount({ kind: 'inbox' });
  const today = useOpenCount({ kind: 'today' });
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
          {...inbox}
        />
        <NavItem
          to="/today"
          icon={<Sun size={18} />}
          label={t('nav.today')}
          {...today}
        />
        <NavItem
          to="/upcoming"
          icon={<CalendarDays size={18} />}
          label={t('nav.upcoming')}
        />
        <div className={styles.lists}>
          <ListNav />
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

function useOpenCount(view: View): { count: number; more: boolean } {
  const { data, hasNextPage } = useTaskPages(view);
  const today = useToday();
  const open = tasksIn(data).filter((task) => belongs(view, task, today));
  return { count: open.length, more: hasNextPage };
}
