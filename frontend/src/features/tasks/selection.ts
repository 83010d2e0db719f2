import { useSyncExternalStore } from 'react';

import { valueStore } from '@/ui/valueStore.ts';

/**
 * Which tasks of the view are selected. It knows ids and their order, no rows:
 * a task need not be drawn to be selected.
 */
export interface Selection {
  /** Whether rows show boxes; true before the first task is chosen by touch. */
  active: boolean;
  ids: ReadonlySet<string>;
  /** Where a range begins, and where the last one has ended. */
  anchor: string | null;
  lead: string | null;
}

export const NONE: Selection = {
  active: false,
  ids: new Set(),
  anchor: null,
  lead: null,
};

export function toggled(state: Selection, id: string): Selection {
  const ids = new Set(state.ids);
  if (!ids.delete(id)) {
    ids.add(id);
  }
  return { active: true, ids, anchor: id, lead: id };
}

/** From the anchor to `id`, in place of the range that was there before. */
export function ranged(
  state: Selection,
  order: readonly string[],
  id: string,
): Selection {
  const anchor =
    state.anchor !== null && order.includes(state.anchor) ? state.anchor : id;
  const ids = new Set(state.ids);
  for (const old of between(order, anchor, state.lead ?? anchor)) {
    ids.delete(old);
  }
  for (const chosen of between(order, anchor, id)) {
    ids.add(chosen);
  }
  return { active: true, ids, anchor, lead: id };
}

/** The range grows or shrinks by one; it starts at the focused task. */
export function stepped(
  state: Selection,
  order: readonly string[],
  focused: string | null,
  by: 1 | -1,
): Selection {
  const from = state.lead !== null && state.ids.size > 0 ? state.lead : focused;
  const index = from === null ? -1 : order.indexOf(from);
  if (from === null || index < 0) {
    const [first] = order;
    return first === undefined ? state : ranged(NONE, order, first);
  }
  const next = order[index + by] ?? from;
  const started = state.ids.size > 0 ? state : { ...NONE, anchor: from };
  return ranged(started, order, next);
}

export function everything(order: readonly string[]): Selection {
  const [first = null] = order;
  return {
    active: true,
    ids: new Set(order),
    anchor: first,
    lead: order.at(-1) ?? null,
  };
}

function between(
  order: readonly string[],
  from: string,
  to: string,
): readonly string[] {
  const [a, b] = [order.indexOf(from), order.indexOf(to)];
  return a < 0 || b < 0 ? [] : order.slice(Math.min(a, b), Math.max(a, b) + 1);
}

const store = valueStore(NONE);
const { get, set } = store;
let viewOrder: readonly string[] = [];

/** The tasks of the view that is shown, from top to bottom. */
export function setOrder(order: readonly string[]): void {
  viewOrder = order;
}

export function shownOrder(): readonly string[] {
  return viewOrder;
}

export const selection = {
  get,
  start: () => set({ ...NONE, active: true }),
  toggle: (id: string) => set(toggled(get(), id)),
  range: (id: string) => set(ranged(get(), viewOrder, id)),
  step(focused: string | null, by: 1 | -1): string | null {
    set(stepped(get(), viewOrder, focused, by));
    return get().lead;
  },
  all: (order: readonly string[]) => set(everything(order)),
  clear() {
    if (get() !== NONE) {
      set(NONE);
    }
  },
};

export const useSelection = store.use;

/** Of one row: it is drawn anew only when this changes. */
export function useRowSelection(id: string): 'off' | 'selected' | 'unselected' {
  return useSyncExternalStore(store.subscribe, () => {
    const state = get();
    if (!state.active) {
      return 'off';
    }
    return state.ids.has(id) ? 'selected' : 'unselected';
  });
}
