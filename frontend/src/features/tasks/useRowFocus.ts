import { useCallback, useEffect, useLayoutEffect, useState } from 'react';

/** The task whose row, or editor, has the focus. */
export function focusedId(): string | null {
  const row = document.activeElement?.closest('[data-task-id]');
  return row?.getAttribute('data-task-id') ?? null;
}

function focusNow(id: string): boolean {
  const row = document.querySelector<HTMLElement>(
    `[data-task-id="${id}"] [data-task-main]`,
  );
  row?.focus();
  return row !== null;
}

/**
 * The focus in a list of which a part is drawn: `pinned` has the rows that
 * must be, `focus` goes to any row.
 */
export function useRowFocus(openId: string | null) {
  const [focused, setFocused] = useState<string | null>(null);
  const [wanted, setWanted] = useState<string | null>(null);
  useEffect(() => {
    const onFocusIn = () => setFocused(focusedId());
    document.addEventListener('focusin', onFocusIn);
    return () => document.removeEventListener('focusin', onFocusIn);
  }, []);
  // It is drawn by now, if it is there at all.
  useLayoutEffect(() => {
    if (wanted !== null) {
      focusNow(wanted);
      setWanted(null);
    }
  }, [wanted]);
  const focus = useCallback((id: string) => {
    if (!focusNow(id)) {
      setWanted(id);
    }
  }, []);
  const pinned = new Set([openId, focused, wanted].filter((id) => id !== null));
  return { pinned, focus };
}
