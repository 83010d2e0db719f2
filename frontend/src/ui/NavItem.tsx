import type { ReactNode } from 'react';
import { NavLink } from 'react-router';
import { t } from '@/i18n/i18n.ts';
import styles from './NavItem.module.css';

interface NavItemProps {
  to: string;
  icon: ReactNode;
  label: string;
  count?: number;
}

export function NavItem({ to, icon, label, count = 0 }: NavItemProps) {
  return (
    <NavLink to={to} className={styles.item}>
      <span className={styles.icon}>{icon}</span>
      <span className={styles.label}>{label}</span>
      {count > 0 && (
        <span className={styles.count}>
          <span aria-hidden="true">{count}</span>
          <span className="sr-only">{t('nav.openCount', { count })}</span>
        </span>
      )}
    </NavLink>
  );
}
