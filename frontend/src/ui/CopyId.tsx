import { t } from '@/i18n/i18n.ts';
import { CopyButton } from './CopyButton.tsx';
import styles from './CopyId.module.css';

/** The request id of an error, to give to whoever runs the server. */
export function CopyId({ id }: { id: string }) {
  return (
    <span className={styles.row}>
      <span>{t('error.requestId')}</span>
      <code className={styles.id}>{id}</code>
      <CopyButton text={id} label={t('error.copyId')} />
    </span>
  );
}
