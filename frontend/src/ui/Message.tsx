import type { ReactNode } from 'react';
import { t } from '@/i18n/i18n.ts';
import button from './button.module.css';
import { CopyId } from './CopyId.tsx';
import { errorHelp, requestIdOf } from './errorText.ts';
import styles from './Message.module.css';

interface MessageProps {
  icon?: ReactNode;
  title: string;
  help: string;
  children?: ReactNode;
}

/** In place of a list that has nothing to show: says what comes next. */
export function Message({ icon, title, help, children }: MessageProps) {
  return (
    <div className={styles.message}>
      {icon && <div className={styles.icon}>{icon}</div>}
      <p className={styles.title}>{title}</p>
      <p className={styles.help}>{help}</p>
      {children}
    </div>
  );
}

interface LoadErrorProps {
  error: unknown;
  onRetry: () => void;
}

export function LoadError({ error, onRetry }: LoadErrorProps) {
  const id = requestIdOf(error);
  return (
    <div role="alert">
      <Message title={t('error.load')} help={errorHelp(error)}>
        {id && (
          <div className={styles.id}>
            <CopyId id={id} />
          </div>
        )}
        <button type="button" className={button.button} onClick={onRetry}>
          {t('error.retry')}
        </button>
      </Message>
    </div>
  );
}
