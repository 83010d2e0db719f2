import { type ReactNode, useEffect } from 'react';
import { t } from '@/i18n/i18n.ts';
import styles from './ViewFrame.module.css';

interface ViewFrameProps {
  title: string;
  /** Before and after the title. */
  icon?: ReactNode;
  tools?: ReactNode;
  /** The small line after the title. */
  lead?: string;
  children: ReactNode;
}

export function ViewFrame(props: ViewFrameProps) {
  const { title, icon, tools, lead, children } = props;
  useEffect(() => {
    document.title = t('app.pageTitle', { view: title });
  }, [title]);
  return (
    <main id="main" className={styles.main} tabIndex={-1}>
      <header className={styles.header}>
        {icon}
        <h1 className={styles.title}>{title}</h1>
        {lead && <p className={styles.lead}>{lead}</p>}
        {tools && <div className={styles.tools}>{tools}</div>}
      </header>
      <div className={styles.body}>{children}</div>
    </main>
  );
}
