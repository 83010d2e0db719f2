import { describe, expect, test } from 'vitest';
import { byOrder, ORDER_STEP, placed, type Step, stepTo } from './order.ts';

const item = (id: string, order: number) => ({ id, order });

/** What the list says after the changes. */
function after(all: ReturnType<typeof item>[], changes: typeof all): string {
  const next = all.map(({ id, order }) => ({
    id,
    order: changes.find((change) => change.id === id)?.order ?? order,
  }));
  return next
    .sort(byOrder)
    .map(({ id }) => id)
    .join('');
}

/** Moves the letters before the index-th of the others. */
function moved(all: ReturnType<typeof item>[], letters: string, index: number) {
  const isMoved = ({ id }: { id: string }) => letters.includes(id);
  return placed(
    all.filter((each) => !isMoved(each)),
    index,
    all.filter(isMoved),
  );
}

describe.each([
  ['whole numbers', [1, 2, 3, 4, 5]],
  ['all the same', [7, 7, 7, 7, 7]],
  ['times of creation', [-1.7e12, -1.7e12 + 0.5, 0, 1.7e12, 1.7e12]],
  ['numbers without one between them', [1, 1 + 2 ** -52, 1 + 2 ** -51, 2, 3]],
])('%s', (_, orders) => {
  const all = [...'abcde'].map((id, index) => item(id, orders[index] ?? 0));

  test.each(['a', 'c', 'e', 'ab', 'bd', 'ace', 'abcde'])(
    '%s goes to each place, and nothing else changes its place',
    (letters) => {
      const others = [...'abcde'].filter((id) => !letters.includes(id));
      for (let index = 0; index <= others.length; index += 1) {
        const wanted = [...others];
        wanted.splice(index, 0, ...letters);
        const changes = moved(all, letters, index);
        expect(after(all, changes)).toBe(wanted.join(''));
      }
    },
  );
});

test('between two one number changes', () => {
  const all = [item('a', 0), item('b', 10), item('c', 20), item('d', 30)];
  expect(moved(all, 'd', 1)).toEqual([item('d', 5)]);
  expect(moved(all, 'a', 3)).toEqual([item('a', 30 + ORDER_STEP)]);
  expect(moved(all, 'd', 0)).toEqual([item('d', -ORDER_STEP)]);
});

test('without room those behind make some, up to the next gap', () => {
  const all = [item('a', 5), item('b', 5), item('c', 9), item('d', 9000)];
  expect(placed(all, 1, [item('x', 0)])).toEqual([
    item('x', 5 + ORDER_STEP),
    item('b', 5 + 2 * ORDER_STEP),
    item('c', 5 + 3 * ORDER_STEP),
  ]);
});

test('the same gap can be halved for as long as one likes', () => {
  let all = [item('a', 1.7e12), item('b', 1.7e12 + 1), item('c', 1.7e12 + 2)];
  for (let turn = 0; turn < 200; turn += 1) {
    // What stands last goes between the first two.
    const sorted = all.sort(byOrder);
    const last = sorted.slice(-1);
    const changes = placed(sorted.slice(0, -1), 1, last);
    const before = sorted.map(({ id }) => id);
    all = all.map(
      (each) => changes.find((change) => change.id === each.id) ?? each,
    );
    const [first, second, third] = before;
    expect([...all].sort(byOrder).map(({ id }) => id)).toEqual([
      first,
      third,
      second,
    ]);
  }
});

test.each<[string, Step, string]>([
  ['a', 'up', 'abcde'],
  ['c', 'up', 'acbde'],
  ['c', 'down', 'abdce'],
  ['e', 'down', 'abcde'],
  ['c', 'top', 'cabde'],
  ['c', 'bottom', 'abdec'],
  ['bc', 'up', 'bcade'],
  ['bc', 'down', 'adbce'],
  ['bd', 'up', 'bdace'],
  ['bd', 'down', 'acebd'],
  ['ac', 'up', 'acbde'],
  ['ce', 'down', 'abdce'],
  ['bd', 'top', 'bdace'],
  ['bd', 'bottom', 'acebd'],
])('%s %s: %s', (letters, step, wanted) => {
  const all = [...'abcde'].map((id, index) => item(id, index));
  const index = stepTo(all, new Set(letters), step);
  expect(after(all, moved(all, letters, index))).toBe(wanted);
});
