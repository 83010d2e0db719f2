import { useEffect, useRef } from 'react';
import { t } from '@/i18n/i18n.ts';
import button from '@/ui/button.module.css';
import styles from './QuickAdd.module.css';

interface PastePromptProps {
  count: number;
  onAdd: () => void;
  onLine: () => void;
  onCancel: () => void;
}

/** Asks what several lines shall become. */
export function PastePrompt(props: PastePromptProps) {
  const first = useRef<HTMLButtonElement>(null);
  useEffect(() => first.current?.focus(), []);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: Escape closes
    <div
      className={styles.paste}
      onKeyDown={(event) => event.key === 'Escape' && props.onCancel()}
    >
      <span id="paste-question">{t('quick.paste')}</span>
      <button
        ref={first}
        type="button"
        className={`${button.primary} ${styles.add}`}
        aria-describedby="paste-question"
        onClick={props.onAdd}
      >
        {t('quick.pasteAdd', { count: props.count })}
      </button>
      <button
        type="button"
        className={`${button.button} ${styles.add}`}
        onClick={props.onLine}
      >
        {t('quick.pasteLine')}
      </button>
    </div>
  );
}
