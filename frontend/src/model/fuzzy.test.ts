import { expect, test } from 'vitest';
import { fuzzyFilter, fuzzyScore } from './fuzzy.ts';

const best = (query: string, ...items: string[]) =>
  fuzzyFilter(query, items, (item) => item);

test.each([
  ['tod', ['Inbox', 'Today', 'Tomatoes in order'], 'Today'],
  ['np', ['Snap', 'No priority'], 'No priority'],
  ['ubersicht', ['Urlaub', 'Übersicht'], 'Übersicht'],
  ['list', ['Novelists', 'My list'], 'My list'],
  ['theme dark', ['Theme: Light', 'Theme: Dark'], 'Theme: Dark'],
])('%s finds first what it means', (query, items, expected) => {
  expect(best(query, ...items)[0]).toBe(expected);
});

test('letters that are not there, or in another order, fit nothing', () => {
  expect(best('yadot', 'Today')).toEqual([]);
  expect(fuzzyScore('x', 'Today')).toBe(0);
});

test('nothing typed leaves all in their order', () => {
  expect(best(' ', 'b', 'a')).toEqual(['b', 'a']);
});
