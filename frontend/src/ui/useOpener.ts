import { type KeyboardEvent, useRef, useState } from 'react';

/** Where the focus goes in a menu: an item, or the menu itself. */
export type FirstFocus = 'first' | 'last' | true;

const PRESS = { Enter: 'first', ' ': 'first' } as const;
const KEYS: Record<'menu' | 'dialog', Record<string, FirstFocus>> = {
  menu: { ...PRESS, ArrowDown: 'first', ArrowUp: 'last' },
  dialog: PRESS,
};

/**
 * A plain button that opens something whose code is loaded when the pointer or
 * the focus comes near.
 */
export function useOpener(
  what: 'menu' | 'dialog',
  load: () => Promise<unknown>,
) {
  const ref = useRef<HTMLButtonElement>(null);
  const [focus, setFocus] = useState<FirstFocus | null>(null);
  // A failure shows when it is opened.
  const expect = () => void load().catch(() => undefined);
  const open = (first: FirstFocus) => {
    // Safari gives a pressed button no focus; it comes back to it later.
    ref.current?.focus();
    setFocus(first);
  };
  return {
    ref,
    focus,
    isOpen: focus !== null,
    close: () => setFocus(null),
    props: {
      ref,
      type: 'button' as const,
      'aria-haspopup': what,
      'aria-expanded': focus !== null,
      onPointerEnter: expect,
      onFocus: expect,
      onClick: () => open(true),
      onKeyDown(event: KeyboardEvent) {
        const first = KEYS[what][event.key];
        if (first) {
          // The click that would follow counts as one of a screen reader.
          event.preventDefault();
          open(first);
        }
      },
    },
  };
}
