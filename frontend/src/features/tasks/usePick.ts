import { type MouseEvent, type PointerEvent, useEffect, useRef } from 'react';
import { useNavigate } from 'react-router';
import { pathOfTag } from '@/model/view.ts';
import { selection } from './selection.ts';

const LONG_PRESS_MS = 450;
/** A finger that moves further scrolls. */
const SLOP_PX = 10;

function tagAt(target: EventTarget): string | undefined {
  const part = target instanceof Element ? target.closest('[data-tag]') : null;
  return part?.getAttribute('data-tag') ?? undefined;
}

/**
 * What a row's button does: it opens the task, or selects it with Ctrl, Cmd or
 * Shift, by a long press, and by any press while some are selected. A click with the mouse on a tag leads
 * to it, as its link in the opened task does.
 */
export function usePick(id: string, open: () => void) {
  const press = useRef({
    timer: 0,
    x: 0,
    y: 0,
    wasLong: false,
    isMouse: false,
  });
  useEffect(() => () => window.clearTimeout(press.current.timer), []);
  const navigate = useNavigate();
  const end = () => window.clearTimeout(press.current.timer);

  return {
    onClick(event: MouseEvent) {
      const tag = tagAt(event.target);
      if (press.current.wasLong) {
        press.current.wasLong = false;
      } else if (event.shiftKey) {
        selection.range(id);
      } else if (event.ctrlKey || event.metaKey || selection.get().active) {
        selection.toggle(id);
      } else if (tag !== undefined && press.current.isMouse) {
        navigate(pathOfTag(tag));
      } else {
        open();
      }
    },
    onPointerDown({ pointerType, clientX: x, clientY: y }: PointerEvent) {
      end();
      const isMouse = pointerType === 'mouse';
      press.current = { timer: 0, x, y, wasLong: false, isMouse };
      if (pointerType === 'touch') {
        press.current.timer = window.setTimeout(() => {
          press.current.wasLong = true;
          selection.toggle(id);
          navigator.vibrate?.(10);
        }, LONG_PRESS_MS);
      }
    },
    onPointerMove({ clientX, clientY }: PointerEvent) {
      const { x, y } = press.current;
      if (Math.hypot(clientX - x, clientY - y) > SLOP_PX) {
        end();
      }
    },
    onPointerUp: end,
    onPointerCancel: end,
    onContextMenu(event: MouseEvent) {
      // The browser's menu would take the place of the long press.
      if (press.current.timer !== 0) {
        event.preventDefault();
      }
    },
  };
}
