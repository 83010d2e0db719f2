import { Monitor, Smartphone } from 'lucide-react';
import { endOtherSessions } from '@/api/endOtherSessions.ts';
import { endSession } from '@/api/endSession.ts';
import { listSessions } from '@/api/listSessions.ts';
import type { SignedIn } from '@/api/types.ts';
import { t } from '@/i18n/i18n.ts';
import { dayOf } from '@/model/dates.ts';
import { deviceOf } from '@/model/userAgent.ts';
import button from '@/ui/button.module.css';
import { showError } from '@/ui/errorText.ts';
import { formatDay, formatMoment } from '@/ui/formatDay.ts';
import { LoadError } from '@/ui/Message.tsx';
import { showToast } from '@/ui/toasts.ts';
import { useToday } from '@/ui/useToday.ts';
import { Section } from './Section.tsx';
import styles from './Settings.module.css';
import { useRemote } from './useRemote.ts';

export function SessionList() {
  const { data, error, offline, reload } = useRemote(listSessions);
  const end = async (work: Promise<void>, text: string) => {
    try {
      await work;
      showToast({ kind: 'info', text });
    } catch (failure) {
      showError(t('error.sign'), failure);
    }
    reload();
  };
  const others = data?.filter((session) => !session.current) ?? [];
  const sorted = [...(data ?? [])].sort(
    (a, b) =>
      Number(b.current) - Number(a.current) ||
      b.last_used_at.localeCompare(a.last_used_at),
  );
  return (
    <Section title={t('sessions.title')}>
      {!data && error !== undefined && !offline && (
        <LoadError error={error} onRetry={reload} />
      )}
      <ul aria-label={t('sessions.title')}>
        {sorted.map((session) => (
          <SessionRow
            key={session.id}
            session={session}
            offline={offline}
            onEnd={() => end(endSession(session.id), t('sessions.ended'))}
          />
        ))}
      </ul>
      {others.length > 0 && (
        <button
          type="button"
          className={`${button.button} ${styles.start}`}
          disabled={offline}
          onClick={() => end(endOtherSessions(), t('sessions.endedOthers'))}
        >
          {t('sessions.endOthers')}
        </button>
      )}
    </Section>
  );
}

interface SessionRowProps {
  session: SignedIn;
  offline: boolean;
  onEnd: () => void;
}

function SessionRow({ session, offline, onEnd }: SessionRowProps) {
  const today = useToday();
  const { browser, system, isMobile } = deviceOf(session.user_agent);
  const device =
    browser && system
      ? t('sessions.on', { browser, system })
      : (browser ?? system ?? t('sessions.unknown'));
  const moment = formatMoment(session.last_used_at, today);
  const since = formatDay(dayOf(new Date(session.created_at)), today);
  const Icon = isMobile ? Smartphone : Monitor;
  return (
    <li className={styles.row}>
      <Icon size={20} className={styles.icon} aria-hidden="true" />
      <div className={styles.words}>
        <p className={styles.name}>
          {device}
          {session.current && (
            <span className={styles.badge}>{t('sessions.here')}</span>
          )}
        </p>
        <p className={styles.help}>
          {!session.current && `${t('sessions.lastUsed', { moment })} · `}
          {t('sessions.since', { day: since })}
        </p>
      </div>
      {!session.current && (
        <button
          type="button"
          className={button.button}
          aria-label={t('sessions.endNamed', { device, moment })}
          disabled={offline}
          onClick={onEnd}
        >
          {t('sessions.end')}
        </button>
      )}
    </li>
  );
}
