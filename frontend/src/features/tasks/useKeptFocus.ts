import { type RefObject, useEffect, useRef } from 'react';

/**
 * When the focused row goes away (completed, moved, deleted), the row that
 * takes its place gets the focus, so that the keyboard stays where it was.
 */
export function useKeptFocus(root: RefObject<HTMLElement | null>): void {
  const lastIndex = useRef(-1);
  useEffect(() => {
    const rows = () =>
      Array.from(
        root.current?.querySelectorAll<HTMLElement>('[data-task-main]') ?? [],
      );
    const onFocusIn = () => {
      const row = document.activeElement?.closest('[data-task-id]');
      lastIndex.current = rows().findIndex((item) => row?.contains(item));
    };
    document.addEventListener('focusin', onFocusIn);
    const observer = new MutationObserver(() => {
      if (document.activeElement === document.body && lastIndex.current >= 0) {
        const all = rows();
        all[Math.min(lastIndex.current, all.length - 1)]?.focus();
      }
    });
    observer.observe(document.body, { childList: true, subtree: true });
    return () => {
      document.removeEventListener('focusin', onFocusIn);
      observer.disconnect();
    };
  }, [root]);
}
