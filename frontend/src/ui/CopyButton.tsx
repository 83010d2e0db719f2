import { Check, Copy } from 'lucide-react';
import { useState } from 'react';
import { t } from '@/i18n/i18n.ts';
import styles from './CopyId.module.css';

/** Copies a text; `label` says which. */
export function CopyButton({ text, label }: { text: string; label: string }) {
  const [copied, setCopied] = useState(false);
  const copy = () => {
    // Without https there is no clipboard: the text can be selected by hand.
    navigator.clipboard?.writeText(text).then(
      () => setCopied(true),
      () => setCopied(false),
    );
  };
  return (
    <button
      type="button"
      className={styles.copy}
      onClick={copy}
      aria-label={copied ? t('error.copied') : label}
    >
      {copied ? <Check size={14} /> : <Copy size={14} />}
      {copied ? t('error.copied') : t('error.copy')}
    </button>
  );
}
