import { t } from '@/i18n/i18n.ts';
import styles from './Skeleton.module.css';

const WIDTHS = ['62%', '41%', '54%', '35%'];

/** Stands where the tasks will be. */
export function Skeleton() {
  return (
    <div role="status" className={styles.skeleton}>
      <span className="sr-only">{t('app.loading')}</span>
      {WIDTHS.map((width) => (
        <div key={width} className={styles.row} aria-hidden="true">
          <span className={styles.circle} />
          <span className={styles.bar} style={{ width }} />
        </div>
      ))}
    </div>
  );
}
