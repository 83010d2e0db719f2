import { type Dragging, type Onto, othersOf } from './dragging.ts';
import { DragMarks } from './dragMarks.ts';

/** A pointer that moves less has pressed, not dragged. */
const SLOP_PX = 4;
/** So near to an edge of the window the page scrolls, and so fast. */
const EDGE_PX = 72;
const SCROLL_PX = 12;

type Spot = { before: string | null } | Onto | null;

/** Drags with a pointer that the handle has captured, until it lets go. */
export function dragPointer(
  handle: HTMLElement,
  start: { x: number; y: number },
  dragging: Dragging,
): void {
  const others = othersOf(dragging);
  let { x, y } = start;
  let marks: DragMarks | null = null;
  let spot: Spot = null;
  let frame = 0;

  const look = () => {
    spot = spotAt(x, y, others, dragging, marks);
  };
  const scroll = () => {
    const by = scrollAt(y);
    if (by !== 0) {
      window.scrollBy({ top: by, behavior: 'instant' });
      look();
    }
    frame = requestAnimationFrame(scroll);
  };
  const onMove = (event: PointerEvent) => {
    ({ clientX: x, clientY: y } = event);
    if (!marks && Math.hypot(x - start.x, y - start.y) > SLOP_PX) {
      marks = new DragMarks(dragging);
      frame = requestAnimationFrame(scroll);
    }
    marks?.follow(x, y);
    if (marks) {
      look();
    }
  };
  const end = () => {
    cancelAnimationFrame(frame);
    marks?.remove();
    control.abort();
  };
  const onUp = () => {
    const found = marks && spot;
    end();
    if (found && 'before' in found) {
      dragging.drop(found.before);
    } else {
      found?.drop();
    }
  };
  const control = new AbortController();
  const options = { signal: control.signal };
  handle.addEventListener('pointermove', onMove, options);
  handle.addEventListener('pointerup', onUp, options);
  handle.addEventListener('lostpointercapture', end, options);
  document.addEventListener(
    'keydown',
    (event) => {
      if (event.key === 'Escape') {
        event.preventDefault();
        event.stopPropagation();
        end();
      }
    },
    { ...options, capture: true },
  );
}

function scrollAt(y: number): number {
  if (y < EDGE_PX) {
    return -SCROLL_PX;
  }
  return y > window.innerHeight - EDGE_PX ? SCROLL_PX : 0;
}

function spotAt(
  x: number,
  y: number,
  others: readonly string[],
  { rowOf, onto }: Dragging,
  marks: DragMarks | null,
): Spot {
  const under = document.elementFromPoint(x, y);
  const target = (under && onto?.(under)) ?? null;
  marks?.showTarget(target?.element ?? null);
  const drawn = others.flatMap((id, index) => {
    const row = rowOf(id);
    return row ? [{ index, row, box: row.getBoundingClientRect() }] : [];
  });
  const last = drawn.at(-1);
  const isBeside = last && (x < last.box.left || x > last.box.right);
  if (target || !last || isBeside) {
    marks?.showLine(null, 'top');
    return target;
  }
  const next = drawn.find(({ box }) => y < box.top + box.height / 2);
  marks?.showLine((next ?? last).row, next ? 'top' : 'bottom');
  return { before: others[next ? next.index : last.index + 1] ?? null };
}
