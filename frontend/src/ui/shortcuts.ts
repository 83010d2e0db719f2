import { useEffect, useRef } from 'react';

export type Shortcuts = Record<string, () => void>;

/** Whether keys are text there, or the browser's own. */
export function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable ||
      target.matches('textarea, select, input:not([type="checkbox"])'))
  );
}

function isElsewhere(target: EventTarget | null): boolean {
  return (
    isTyping(target) ||
    (target instanceof HTMLElement &&
      target.closest('[role="dialog"], [role="menu"]') !== null)
  );
}

/** Single keys, off while text is typed or a dialog or menu is open. */
export function useShortcuts(shortcuts: Shortcuts): void {
  const latest = useRef(shortcuts);
  useEffect(() => {
    latest.current = shortcuts;
  });
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) {
        return;
      }
      const run = latest.current[event.key];
      if (run && !event.defaultPrevented && !isElsewhere(event.target)) {
        event.preventDefault();
        run();
      }
    };
    document.addEventListener('keydown', onKeyDown);
    return () => document.removeEventListener('keydown', onKeyDown);
  }, []);
}
