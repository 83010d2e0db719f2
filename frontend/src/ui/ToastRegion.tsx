import { X } from 'lucide-react';
import { useEffect, useState } from 'react';
import { t } from '@/i18n/i18n.ts';
import { CopyId } from './CopyId.tsx';
import styles from './ToastRegion.module.css';
import { dismissToast, type Toast, useToasts } from './toasts.ts';

/** An error stays until it is dismissed; a note goes by itself. */
const NOTE_MS = 8000;

export function ToastRegion() {
  const toasts = useToasts();
  return (
    <section
      className={styles.region}
      aria-label={t('error.notifications')}
      aria-live="polite"
      // Stays usable while a dialog makes the rest of the page inert.
      data-react-aria-top-layer="true"
    >
      {toasts.map((toast) => (
        <ToastCard key={toast.id} toast={toast} />
      ))}
    </section>
  );
}

function ToastCard({ toast }: { toast: Toast }) {
  const [held, setHeld] = useState(false);
  const { id, kind, action } = toast;
  useEffect(() => {
    if (kind !== 'info' || held) {
      return;
    }
    const timer = setTimeout(() => dismissToast(id), NOTE_MS);
    return () => clearTimeout(timer);
  }, [id, kind, held]);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: only holds the clock
    <div
      className={`${styles.toast} ${kind === 'error' ? styles.error : ''}`}
      onPointerEnter={() => setHeld(true)}
      onPointerLeave={() => setHeld(false)}
      onFocus={() => setHeld(true)}
      onBlur={() => setHeld(false)}
    >
      <div
        className={styles.words}
        role={kind === 'error' ? 'alert' : undefined}
      >
        <p className={styles.text}>{toast.text}</p>
        {toast.detail && <p className={styles.detail}>{toast.detail}</p>}
        {toast.requestId && <CopyId id={toast.requestId} />}
      </div>
      {action && (
        <button
          type="button"
          className={styles.action}
          onClick={() => {
            dismissToast(id);
            action.run();
          }}
        >
          {action.label}
        </button>
      )}
      <button
        type="button"
        className={styles.dismiss}
        aria-label={t('error.dismiss')}
        onClick={() => dismissToast(id)}
      >
        <X size={16} />
      </button>
    </div>
  );
}
