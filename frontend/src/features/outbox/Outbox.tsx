import { useCallback, useEffect, useRef, useState } from 'react';
import type { EntryState } from '@/data/db.ts';
import { type SyncState, useParked, useSyncState } from '@/data/syncState.ts';
import { t } from '@/i18n/i18n.ts';
import { refusalText } from '@/ui/errorText.ts';
import { lazySheet } from '@/ui/lazySheet.tsx';
import { clearToasts, showToast } from '@/ui/toasts.ts';
import styles from './Outbox.module.css';

const OutboxSheet = lazySheet(
  async () => (await import('./OutboxSheet.tsx')).OutboxSheet,
);

/** What is saved faster than this, ms, is not worth a word. */
const SLOW_MS = 1500;

/** Says what is not on the server yet; nothing if there is nothing to say. */
export function Outbox() {
  const [open, setOpen] = useState(false);
  const state = useSyncState();
  const slow = useSlow((state?.waiting ?? 0) > 0);
  const text = state && badgeText(state, slow);
  const look = useCallback(() => {
    // They would lie on what they lead to.
    clearToasts();
    setOpen(true);
  }, []);
  useParkedToasts(open ? null : look);
  return (
    <>
      <div role="status" className={styles.status}>
        {text && (
          <button
            type="button"
            className={styles.badge}
            data-parked={state.parked > 0}
            onClick={look}
          >
            {text}
          </button>
        )}
      </div>
      <OutboxSheet isOpen={open} onClose={() => setOpen(false)} />
    </>
  );
}

function badgeText(state: SyncState, slow: boolean): string | null {
  const { waiting, parked, offline } = state;
  if (parked > 0) {
    return t('outbox.parked', { count: parked });
  }
  if (offline) {
    return waiting === 0
      ? t('outbox.offline')
      : t('outbox.offlineWith', { count: waiting });
  }
  return slow ? t('outbox.saving', { count: waiting }) : null;
}

/** True once something has been so for a while. */
function useSlow(isSo: boolean): boolean {
  const [slow, setSlow] = useState(false);
  useEffect(() => {
    setSlow(false);
    if (isSo) {
      const timer = setTimeout(() => setSlow(true), SLOW_MS);
      return () => clearTimeout(timer);
    }
  }, [isSo]);
  return slow && isSo;
}

/** Tells of each write that comes back; null: they are being looked at. */
function useParkedToasts(onLook: (() => void) | null): void {
  const parked = useParked();
  const told = useRef<Set<number> | null>(null);
  useEffect(() => {
    if (parked) {
      const known = told.current ?? new Set(parked.map(({ seq }) => seq));
      for (const { seq, state } of parked) {
        if (onLook && !known.has(seq)) {
          tell(state, onLook);
        }
      }
      told.current = new Set(parked.map(({ seq }) => seq));
    }
  }, [parked, onLook]);
}

function tell(state: EntryState, onLook: () => void): void {
  const action = { label: t('outbox.look'), run: onLook };
  if (state.type === 'conflict') {
    const text = t('outbox.conflictToast');
    showToast({
      kind: 'error',
      text,
      detail: t('outbox.conflictHelp'),
      action,
    });
  } else if (state.type === 'rejected') {
    const { requestId } = state.problem;
    const detail = refusalText(state.problem);
    showToast({
      kind: 'error',
      text: t('error.save'),
      detail,
      requestId,
      action,
    });
  }
}
