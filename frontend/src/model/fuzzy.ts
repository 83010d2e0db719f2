import { fold } from './search.ts';

const WORD_START = 8;
const ROW = 4;

/**
 * How well a text fits what was typed: 0 not at all; more when the letters
 * stand together and where words begin.
 */
export function fuzzyScore(query: string, text: string): number {
  const typed = fold(query).replace(/\s+/g, '');
  const folded = fold(text);
  if (typed === '') {
    return 1;
  }
  const at = folded.indexOf(fold(query).trim());
  if (at >= 0) {
    const isStart = at === 0 || /\W/.test(folded[at - 1] ?? '');
    return 1000 + (isStart ? 500 : 0) - Math.min(at, 100) - folded.length / 100;
  }
  let score = 0;
  let from = 0;
  let last = -2;
  for (const letter of typed) {
    const found = folded.indexOf(letter, from);
    if (found < 0) {
      return 0;
    }
    const isStart =
      found === 0 || /[^\p{L}\p{N}]/u.test(folded[found - 1] ?? '');
    score += 1 + (isStart ? WORD_START : 0) + (found === last + 1 ? ROW : 0);
    last = found;
    from = found + 1;
  }
  return score - folded.length / 1000;
}

/** Those that fit, the best first; in their own order if nothing is typed. */
export function fuzzyFilter<T>(
  query: string,
  items: readonly T[],
  textOf: (item: T) => string,
): T[] {
  if (query.trim() === '') {
    return [...items];
  }
  return items
    .map((item) => ({ item, score: fuzzyScore(query, textOf(item)) }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score)
    .map(({ item }) => item);
}
