import { expect, test } from 'vitest';
import { sampleTask } from './sample.ts';
import { matchesOf, scorer } from './search.ts';

const finds = (query: string, title: string, notes = '') =>
  scorer(query)(sampleTask({ title, notes })) > 0;

test('the start of a word is enough, its middle is not', () => {
  expect(finds('elec', 'Compare electricity tariffs')).toBe(true);
  expect(finds('tricity', 'Compare electricity tariffs')).toBe(false);
  expect(finds('tariffs compare', 'Compare electricity tariffs')).toBe(true);
  expect(finds('compare gas', 'Compare electricity tariffs')).toBe(false);
  expect(finds('2nd', 'Renovation (2nd floor)')).toBe(true);
});

test('case, accents and apostrophes make no difference', () => {
  expect(finds('CAFE', 'Meet at the café')).toBe(true);
  expect(finds('dont', "Don't forget")).toBe(true);
});

test('any script is searched, with or without spaces', () => {
  expect(finds('牛奶', '买牛奶')).toBe(true);
  expect(finds('молок', 'Купить молоко')).toBe(true);
  expect(finds('🎉', 'Party 🎉 plan')).toBe(true);
});

test('words of the title count more than those of the notes', () => {
  const score = scorer('milk');
  expect(score(sampleTask({ title: 'Milk' }))).toBeGreaterThan(
    score(sampleTask({ notes: 'milk' })),
  );
  expect(score(sampleTask({ title: 'Milk', deleted_at: 'now' }))).toBe(0);
  expect(scorer('  ')(sampleTask())).toBe(0);
});

test.each([
  ['elec', 'Compare electricity', [[8, 12]]],
  ['strasse haus', 'Das Haus, Straße', [[4, 8]]],
  ['cafe', 'Le Café', [[3, 7]]],
  ['ect', 'electricity', []],
  [
    'a',
    'a b a',
    [
      [0, 1],
      [4, 5],
    ],
  ],
  ['pa pay', 'Pay', [[0, 3]]],
  ['東', '大東京', [[1, 2]]],
])('marks %s in %s', (query, text, expected) => {
  const found = matchesOf(query, text);
  expect(found.map(({ start, end }) => [start, end])).toEqual(expected);
});
