import { Check, Copy } from 'lucide-react';
import { useState } from 'react';
import { t } from '@/i18n/i18n.ts';
import styles from './CopyId.module.css';

/** The request id of an error, to give to whoever runs the server. */
export function CopyId({ id }: { id: string }) {
  const [copied, setCopied] = useState(false);
  const copy = () => {
    // Without https there is no clipboard: the id can be selected by hand.
    navigator.clipboard?.writeText(id).then(
      () => setCopied(true),
      () => setCopied(false),
    );
  };
  return (
    <span className={styles.row}>
      <span>{t('error.requestId')}</span>
      <code className={styles.id}>{id}</code>
      <button
        type="button"
        className={styles.copy}
        onClick={copy}
        aria-label={copied ? t('error.copied') : t('error.copyId')}
      >
        {copied ? <Check size={14} /> : <Copy size={14} />}
        {copied ? t('error.copied') : t('error.copy')}
      </button>
    </span>
  );
}
