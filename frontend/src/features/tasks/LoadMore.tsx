import { useEffect, useRef } from 'react';
import { t } from '@/i18n/i18n.ts';
import button from '@/ui/button.module.css';
import styles from './LoadMore.module.css';

/** Draws more rows when the end of the list scrolls into sight. */
export function LoadMore({ onMore }: { onMore: () => void }) {
  const element = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const target = element.current;
    if (!target) {
      return;
    }
    const observer = new IntersectionObserver(
      (entries) => entries.some((entry) => entry.isIntersecting) && onMore(),
      { rootMargin: '600px' },
    );
    observer.observe(target);
    return () => observer.disconnect();
  }, [onMore]);
  return (
    <div ref={element} className={styles.more}>
      <button type="button" className={button.button} onClick={onMore}>
        {t('task.more')}
      </button>
    </div>
  );
}
