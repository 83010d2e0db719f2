import { beforeEach, expect, test } from 'vitest';
import {
  everything,
  NONE,
  ranged,
  type Selection,
  selection,
  setOrder,
  stepped,
  toggled,
} from './selection.ts';

const ORDER = ['a', 'b', 'c', 'd', 'e'];

const chosen = ({ ids }: Selection) =>
  ORDER.filter((id) => ids.has(id)).join('');

const range = (state: Selection, id: string) => ranged(state, ORDER, id);
const step = (state: Selection, by: 1 | -1, focused = 'c') =>
  stepped(state, ORDER, focused, by);

test.each<[string, Selection, string]>([
  ['one that is toggled', toggled(NONE, 'b'), 'b'],
  ['none after it is toggled twice', toggled(toggled(NONE, 'b'), 'b'), ''],
  ['a range downwards', range(toggled(NONE, 'b'), 'd'), 'bcd'],
  ['a range upwards', range(toggled(NONE, 'd'), 'b'), 'bcd'],
  ['only itself where no range begins', range(NONE, 'd'), 'd'],
  [
    'the newer of two ranges from one anchor',
    range(range(toggled(NONE, 'c'), 'e'), 'a'),
    'abc',
  ],
  [
    'a range beside what was chosen before',
    range(toggled(toggled(NONE, 'a'), 'd'), 'e'),
    'ade',
  ],
  ['the focused task and the next', step(NONE, 1), 'cd'],
  ['the focused task and the one before', step(NONE, -1), 'bc'],
  ['a range that shrinks again', step(step(step(NONE, 1), 1), -1), 'cd'],
  ['a range that turns round', step(step(step(NONE, 1), -1), -1), 'bc'],
  ['no more than there is', step(NONE, 1, 'e'), 'e'],
  ['the first task where none has the focus', step(NONE, 1, ''), 'a'],
  ['everything', everything(ORDER), 'abcde'],
])('selects %s', (_, state, expected) => {
  expect(state.active).toBe(true);
  expect(chosen(state)).toBe(expected);
});

test('an anchor that has left the view begins no range', () => {
  expect(chosen(range(toggled(NONE, 'gone'), 'b'))).toBe('b');
});

beforeEach(() => selection.clear());

test('the range follows the order of the view', () => {
  setOrder(['e', 'a', 'c']);
  selection.toggle('e');
  selection.range('a');
  expect([...selection.get().ids]).toEqual(['e', 'a']);
  expect(selection.step(null, 1)).toBe('c');
  selection.clear();
  expect(selection.get()).toBe(NONE);
});
