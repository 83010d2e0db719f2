import { tasksIn } from '@/data/taskCache.ts';
import { useTaskPages } from '@/data/tasks.ts';
import { t } from '@/i18n/i18n.ts';
import styles from './SearchCount.module.css';

/** How many were found, for eyes and ears. */
export function SearchCount({ query }: { query: string }) {
  const { data, hasNextPage } = useTaskPages({ kind: 'search', query });
  const count = tasksIn(data).filter((task) => !task.deleted_at).length;
  return (
    <p role="status" className={styles.count}>
      {data &&
        count > 0 &&
        t(hasNextPage ? 'search.foundMany' : 'search.found', { count })}
    </p>
  );
}
