import { KeyRound } from 'lucide-react';
import type { Token } from '@/api/types.ts';
import { t } from '@/i18n/i18n.ts';
import { dayOf } from '@/model/dates.ts';
import button from '@/ui/button.module.css';
import { formatDay } from '@/ui/formatDay.ts';
import { useToday } from '@/ui/useToday.ts';
import styles from './Settings.module.css';

interface TokenRowProps {
  token: Token;
  offline: boolean;
  onRevoke: () => void;
}

export function TokenRow({ token, offline, onRevoke }: TokenRowProps) {
  const today = useToday();
  const day = (instant: string) => formatDay(dayOf(new Date(instant)), today);
  const { name, scope, created_at, last_used_at, expires_at } = token;
  const isOver = expires_at !== null && Date.parse(expires_at) < Date.now();
  const facts = [
    t('tokens.created', { day: day(created_at) }),
    last_used_at
      ? t('tokens.used', { day: day(last_used_at) })
      : t('tokens.unused'),
    !isOver &&
      (expires_at
        ? t('tokens.ends', { day: day(expires_at) })
        : t('tokens.endless')),
  ];
  return (
    <li className={styles.row}>
      <KeyRound size={20} className={styles.icon} aria-hidden="true" />
      <div className={styles.words}>
        <p className={styles.name}>
          <span className={styles.typed}>{name}</span>
          <span className={styles.badge}>{t(`tokens.${scope}`)}</span>
          {isOver && <span className={styles.over}>{t('tokens.expired')}</span>}
        </p>
        <p className={styles.help}>{facts.filter(Boolean).join(' · ')}</p>
      </div>
      <button
        type="button"
        className={button.button}
        aria-label={t('tokens.revokeNamed', { name })}
        disabled={offline}
        onClick={onRevoke}
      >
        {t('tokens.revoke')}
      </button>
    </li>
  );
}
