import { useEffect, useRef } from 'react';
import type { useTaskPages } from '@/data/tasks.ts';
import { t } from '@/i18n/i18n.ts';
import button from '@/ui/button.module.css';
import styles from './LoadMore.module.css';

type Query = Pick<
  ReturnType<typeof useTaskPages>,
  'fetchNextPage' | 'isFetchingNextPage' | 'isFetchNextPageError'
>;

/** Fetches the next page when it scrolls into sight. */
export function LoadMore({ query }: { query: Query }) {
  const { fetchNextPage, isFetchingNextPage, isFetchNextPageError } = query;
  const element = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const target = element.current;
    if (!target || isFetchingNextPage || isFetchNextPageError) {
      return;
    }
    const observer = new IntersectionObserver(
      (entries) => {
        if (entries.some((entry) => entry.isIntersecting)) {
          void fetchNextPage();
        }
      },
      { rootMargin: '600px' },
    );
    observer.observe(target);
    return () => observer.disconnect();
  }, [fetchNextPage, isFetchingNextPage, isFetchNextPageError]);
  return (
    <div ref={element} className={styles.more}>
      <button
        type="button"
        className={button.button}
        onClick={() => void fetchNextPage()}
      >
        {t(isFetchingNextPage ? 'task.loadingMore' : 'task.more')}
      </button>
    </div>
  );
}
