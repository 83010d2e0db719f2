import type { Task } from '@/api/types.ts';

/** Scripts that put no spaces between words. */
const UNSPACED =
  /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;
const IN_WORD = /[\p{L}\p{N}]$/u;

/** Case, accents and apostrophes make no difference, as on the server. */
export function fold(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/[\p{M}'’]/gu, '')
    .toLowerCase();
}

/** Where words of the text begin with the term; both are folded. */
function placesOf(text: string, term: string): number[] {
  const places: number[] = [];
  for (let at = text.indexOf(term); at >= 0; at = text.indexOf(term, at + 1)) {
    if (UNSPACED.test(term) || !IN_WORD.test(text.slice(0, at).slice(-2))) {
      places.push(at);
    }
  }
  return places;
}

function hasWord(text: string, term: string): boolean {
  return placesOf(text, term).length > 0;
}

function termsOf(query: string): string[] {
  return fold(query).split(/\s+/).filter(Boolean);
}

/**
 * Tells how well a task fits a query: 0 not at all, more for words of the
 * title, and for what is still to do.
 */
export function scorer(query: string): (task: Task) => number {
  const terms = termsOf(query);
  return (task) => {
    if (task.deleted_at !== null || terms.length === 0) {
      return 0;
    }
    const title = fold(task.title);
    const rest = fold(`${task.notes} ${task.tags.join(' ')}`);
    const inTitle = terms.filter((term) => hasWord(title, term));
    const found = terms.every(
      (term) => inTitle.includes(term) || hasWord(rest, term),
    );
    return found ? 1 + 2 * inTitle.length + Number(!task.completed) : 0;
  };
}

/** Where the words of a query stand in a text, from left to right. */
export function matchesOf(
  query: string,
  text: string,
): { start: number; end: number }[] {
  // Folding may change lengths: where each folded character comes from.
  const origin: number[] = [];
  let folded = '';
  let at = 0;
  for (const letter of text) {
    const plain = fold(letter);
    folded += plain;
    origin.push(...Array<number>(plain.length).fill(at));
    at += letter.length;
  }
  origin.push(text.length);
  const found = termsOf(query).flatMap((term) =>
    placesOf(folded, term).map((place) => ({
      start: origin[place] ?? 0,
      end: origin[place + term.length] ?? text.length,
    })),
  );
  found.sort((a, b) => a.start - b.start || b.end - a.end);
  let last = -1;
  return found.filter(({ start, end }) => {
    const isFree = start >= last;
    last = isFree ? end : last;
    return isFree;
  });
}
