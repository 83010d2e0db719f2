import { useTasks } from '@/data/tasks.ts';
import { t } from '@/i18n/i18n.ts';
import styles from './SearchCount.module.css';

/** How many were found, for eyes and ears. */
export function SearchCount({ query }: { query: string }) {
  const found = useTasks({ kind: 'search', query });
  const count = found?.tasks.length ?? 0;
  return (
    <p role="status" className={styles.count}>
      {count > 0 && t('search.found', { count })}
    </p>
  );
}
