import { type RefObject, useEffect, useRef } from 'react';

const PARTS = '[data-drag-handle], [data-task-main]';

/**
 * When the focused row goes to another place it keeps the focus. When it goes
 * away (completed, deleted), the row that takes its place gets it, so that the
 * keyboard stays where it was.
 */
export function useKeptFocus(root: RefObject<HTMLElement | null>): void {
  const lastIndex = useRef(-1);
  const last = useRef<Element | null>(null);
  useEffect(() => {
    const rows = () =>
      Array.from(
        root.current?.querySelectorAll<HTMLElement>('[data-task-main]') ?? [],
      );
    const onFocusIn = () => {
      last.current = document.activeElement?.closest(PARTS) ?? null;
      const row = document.activeElement?.closest('[data-task-id]');
      lastIndex.current = rows().findIndex((item) => row?.contains(item));
    };
    document.addEventListener('focusin', onFocusIn);
    const observer = new MutationObserver(() => {
      if (document.activeElement !== document.body || lastIndex.current < 0) {
        return;
      }
      if (last.current instanceof HTMLElement && last.current.isConnected) {
        last.current.focus({ preventScroll: true });
      } else {
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
