/** What is on its way to another place, and where it may go. */
export interface Dragging {
  /** What it is called, where it is seen or told. */
  name: string;
  /** All of the list, from top to bottom; only some need to be drawn. */
  order: readonly string[];
  /** Those of them that are moved. */
  ids: readonly string[];
  /** The row of one of them, while it is drawn. */
  rowOf: (id: string) => HTMLElement | null;
  /** Puts them in front of another one; null: behind all. */
  drop: (before: string | null) => void;
  /** Something else that they can be dropped on. */
  onto?: (under: Element) => Onto | null;
}

export interface Onto {
  element: HTMLElement;
  drop: () => void;
}

/** Those that stay, in their order. */
export function othersOf({ order, ids }: Dragging): string[] {
  const moved = new Set(ids);
  return order.filter((id) => !moved.has(id));
}

/** Where among the others those that are moved stand now. */
export function placeOf({ order, ids }: Dragging): number {
  return order.findIndex((id) => ids.includes(id));
}
