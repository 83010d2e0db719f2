interface Ordered {
  id: string;
  order: number;
}

/** As wide as the server makes it, and as far as it allows. */
export const ORDER_STEP = 1024;

/** As the server sorts by hand: ties are broken by id. */
export function byOrder(a: Ordered, b: Ordered): number {
  return a.order - b.order || (a.id < b.id ? -1 : 1);
}

/**
 * The orders that put `moved`, one after the other, before `rest[index]`: of
 * those only that must change. Where no number is left between two, those
 * behind make room.
 */
export function placed(
  rest: readonly Ordered[],
  index: number,
  moved: readonly Ordered[],
): Ordered[] {
  const low = rest[index - 1]?.order;
  const high = rest[index]?.order;
  const between = numbers(low, high, moved.length);
  if (between) {
    return changed(moved, between);
  }
  const first = (low ?? 0) + ORDER_STEP;
  const spread = moved.map((_, place) => first + place * ORDER_STEP);
  return [
    ...changed(moved, spread),
    ...pushed(rest.slice(index), first + moved.length * ORDER_STEP),
  ];
}

/** So many numbers, rising, inside a gap; null: it has no room for them. */
function numbers(
  low: number | undefined,
  high: number | undefined,
  count: number,
): number[] | null {
  const places = Array.from({ length: count }, (_, place) => place + 1);
  if (high === undefined) {
    return places.map((place) => (low ?? 0) + place * ORDER_STEP);
  }
  if (low === undefined) {
    return places.map((place) => high - (count + 1 - place) * ORDER_STEP);
  }
  const all = places.map((place) => low + ((high - low) * place) / (count + 1));
  const isRising = [low, ...all].every(
    (value, place) => value < (all[place] ?? high),
  );
  return isRising ? all : null;
}

/** From the first on, until one stands far enough behind by itself. */
function pushed(behind: readonly Ordered[], from: number): Ordered[] {
  const until = behind.findIndex(
    ({ order }, place) => order >= from + place * ORDER_STEP,
  );
  return behind
    .slice(0, until < 0 ? behind.length : until)
    .map(({ id }, place) => ({ id, order: from + place * ORDER_STEP }));
}

function changed(moved: readonly Ordered[], orders: number[]): Ordered[] {
  return moved.flatMap(({ id, order }, place) => {
    const next = orders[place] ?? order;
    return next === order ? [] : [{ id, order: next }];
  });
}

export const STEPS = ['up', 'down', 'top', 'bottom'] as const;
export type Step = (typeof STEPS)[number];

/**
 * Where among the others the chosen ones go by one step: they gather at the
 * first of them, or going down at the last.
 */
export function stepTo(
  all: readonly Ordered[],
  chosen: ReadonlySet<string>,
  step: Step,
): number {
  const others = all.length - chosen.size;
  const isChosen = ({ id }: Ordered) => chosen.has(id);
  switch (step) {
    case 'top':
      return 0;
    case 'bottom':
      return others;
    case 'up':
      return Math.max(0, all.findIndex(isChosen) - 1);
    case 'down': {
      const last = all.findLastIndex(isChosen);
      return Math.min(others, last - chosen.size + 2);
    }
  }
}
