import type { Virtualizer, VirtualizerOptions } from '@tanstack/virtual-core';
import {
  type RefObject,
  useCallback,
  useEffect,
  useLayoutEffect,
  useReducer,
  useRef,
  useState,
} from 'react';
import { flushSync } from 'react-dom';
import { guessHeight, type Item } from './rowItems.ts';

type Core = typeof import('@tanstack/virtual-core');
type Measured = Virtualizer<Window, HTMLElement>;

/** So many are all drawn: plain, printable, found by the browser's search. */
const FEW = 100;
/** Of more, so many until the rest of the code is here. */
const FIRST = 30;
/** Above and below what is in sight. */
const SPARE = 8;

export interface Drawn {
  index: number;
  /** What is left out before it, px. */
  space: number;
}

export interface RowWindow {
  drawn: Drawn[];
  /** What is left out after the last, px. */
  rest: number;
  /** For each drawn element, which has its place in `data-index`. */
  measure?: (element: HTMLElement | null) => void;
  /** Whether what is left out has its height. */
  isReady: boolean;
}

/**
 * Which of many items are drawn: those near the part of the page that is in
 * sight, and those that must stay wherever they are.
 */
export function useRowWindow(
  items: readonly Item[],
  pinned: ReadonlySet<string>,
  root: RefObject<HTMLElement | null>,
): RowWindow {
  const isLong = items.length > FEW;
  const list = useMeasured(isLong, items, pinned, root);
  if (!isLong || list === 'failed') {
    const drawn = items.map((_, index) => ({ index, space: 0 }));
    return { drawn, rest: 0, isReady: true };
  }
  const inSight = list?.getVirtualItems() ?? [];
  // Before it has looked at the screen it knows of none.
  if (list === null || inSight.length === 0) {
    return { ...guessed(items, pinned), isReady: false };
  }
  let end = list.options.scrollMargin;
  const bottom = end + list.getTotalSize();
  const drawn = inSight.map((item) => {
    const space = Math.max(0, item.start - end);
    end = item.end;
    return { index: item.index, space };
  });
  const rest = Math.max(0, bottom - end);
  return { drawn, rest, measure: list.measureElement, isReady: true };
}

/** The first ones, and the rest as high as it seems. */
function guessed(items: readonly Item[], pinned: ReadonlySet<string>) {
  const drawn: Drawn[] = [];
  let space = 0;
  for (const [index, item] of items.entries()) {
    if (index < FIRST || pinned.has(item.key)) {
      drawn.push({ index, space });
      space = 0;
    } else {
      space += guessHeight(item);
    }
  }
  return { drawn, rest: space };
}

/** null: its code is on its way. */
function useMeasured(
  isLong: boolean,
  items: readonly Item[],
  pinned: ReadonlySet<string>,
  root: RefObject<HTMLElement | null>,
): Measured | 'failed' | null {
  const [core, setCore] = useState<Core | 'failed' | null>(null);
  const [list, setList] = useState<Measured | null>(null);
  const [margin, setMargin] = useState(0);
  const [, redraw] = useReducer((count: number) => count + 1, 0);
  const keyOf = useCallback(
    (index: number) => items[index]?.key ?? index,
    [items],
  );
  const optionsOf = (from: Core): VirtualizerOptions<Window, HTMLElement> => ({
    count: items.length,
    enabled: isLong,
    getScrollElement: () => window,
    scrollToFn: from.windowScroll,
    observeElementRect: from.observeWindowRect,
    observeElementOffset: from.observeWindowOffset,
    initialOffset: () => window.scrollY,
    estimateSize: (index) => guessHeight(items[index]),
    getItemKey: keyOf,
    measureElement: (element, entry, instance) =>
      from.measureElement(element, entry, instance) +
      (element.tagName === 'H2'
        ? Number.parseFloat(getComputedStyle(element).marginTop)
        : 0),
    overscan: SPARE,
    scrollMargin: margin,
    rangeExtractor: (range) =>
      withPinned(from.defaultRangeExtractor(range), items, pinned),
    onChange: (_, isScrolling) =>
      // At once: a frame without the new rows would be blank.
      isScrolling ? flushSync(redraw) : redraw(),
  });

  const isMissing = isLong && core === null;
  useEffect(() => {
    if (isMissing) {
      import('@tanstack/virtual-core').then(setCore, () => setCore('failed'));
    }
  }, [isMissing]);
  const create = useRef(optionsOf);
  create.current = optionsOf;
  useLayoutEffect(() => {
    if (core !== null && core !== 'failed') {
      setList(new core.Virtualizer(create.current(core)));
    }
  }, [core]);
  if (list && core !== null && core !== 'failed') {
    list.setOptions(optionsOf(core));
  }
  useLayoutEffect(() => list?._didMount(), [list]);
  useLayoutEffect(() => {
    if (list && isLong && root.current) {
      const { top } = root.current.getBoundingClientRect();
      setMargin(Math.round(top + window.scrollY));
    }
    list?._willUpdate();
  });
  return core === 'failed' ? core : list;
}

/** With the headings of what is in sight, too. */
function withPinned(
  indexes: number[],
  items: readonly Item[],
  pinned: ReadonlySet<string>,
): number[] {
  const all = new Set(indexes);
  for (const index of indexes) {
    const heading = items[index]?.heading ?? -1;
    if (heading >= 0) {
      all.add(heading);
    }
  }
  if (pinned.size > 0) {
    for (const [index, { key }] of items.entries()) {
      if (pinned.has(key)) {
        all.add(index);
      }
    }
  }
  return [...all].sort((a, b) => a - b);
}
