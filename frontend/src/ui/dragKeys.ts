import { t } from '@/i18n/i18n.ts';
import { type Dragging, othersOf, placeOf } from './dragging.ts';
import { DragMarks } from './dragMarks.ts';

/** Where each key leads from a place. */
const KEYS: Record<string, (place: number, last: number) => number> = {
  ArrowUp: (place) => place - 1,
  ArrowDown: (place) => place + 1,
  Home: () => 0,
  End: (_, last) => last,
};

/**
 * Carries rows by keyboard until they are dropped or left where they were;
 * each step is told.
 */
export function dragByKeys(handle: HTMLElement, dragging: Dragging): void {
  const { name, rowOf } = dragging;
  const others = othersOf(dragging);
  const start = placeOf(dragging);
  const marks = new DragMarks(dragging);
  const voice = document.createElement('div');
  voice.className = 'sr-only';
  voice.setAttribute('role', 'alert');
  document.body.append(voice);
  let place = start;

  const say = (text: string) => {
    voice.textContent = text;
  };
  const spot = () => ({ place: place + 1, total: dragging.order.length });
  const draw = () => {
    const next = rowOf(others[place] ?? '');
    const row = next ?? rowOf(others[place - 1] ?? '');
    marks.showLine(row, next ? 'top' : 'bottom');
    return row;
  };
  const go = (to: number) => {
    place = Math.max(0, Math.min(to, others.length));
    draw()?.scrollIntoView({ block: 'nearest' });
    draw();
    say(t('order.at', spot()));
  };
  const end = () => {
    control.abort();
    marks.remove();
    handle.removeAttribute('aria-pressed');
    // Until what was said last is read.
    setTimeout(() => voice.remove(), 2000);
  };
  const leave = () => {
    end();
    say(t('order.left', { name }));
  };
  const drop = () => {
    end();
    if (place !== start) {
      keepFocus(handle);
      dragging.drop(others[place] ?? null);
    } else {
      say(t('order.left', { name }));
    }
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const { key } = event;
    if (key === 'Tab') {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
    const next = KEYS[key]?.(place, others.length);
    if (next !== undefined) {
      go(next);
    } else if (key === 'Enter' || key === ' ') {
      drop();
    } else if (key === 'Escape') {
      leave();
    }
  };
  const control = new AbortController();
  const { signal } = control;
  document.addEventListener('keydown', onKeyDown, { signal, capture: true });
  document.addEventListener('scroll', draw, { signal, capture: true });
  document.addEventListener('pointerdown', leave, { signal, capture: true });
  handle.addEventListener('blur', leave, { signal });
  handle.setAttribute('aria-pressed', 'true');
  marks.showLine(rowOf(dragging.ids[0] ?? ''), 'top');
  say(t('order.carried', { name, ...spot() }));
}

/** A handle loses the focus when its row is put elsewhere in the page. */
function keepFocus(handle: HTMLElement): void {
  const observer = new MutationObserver(() => {
    if (document.activeElement === document.body) {
      handle.focus();
    }
  });
  observer.observe(document.body, { childList: true, subtree: true });
  setTimeout(() => observer.disconnect(), 2000);
}
