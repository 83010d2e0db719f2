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

/** Whether a word of the text begins with the term; both are folded. */
function hasWord(text: string, term: string): boolean {
  for (let at = text.indexOf(term); at >= 0; at = text.indexOf(term, at + 1)) {
    if (UNSPACED.test(term) || !IN_WORD.test(text.slice(0, at).slice(-2))) {
      return true;
    }
  }
  return false;
}

/**
 * Tells how well a task fits a query: 0 not at all, more for words of the
 * title, and for what is still to do.
 */
export function scorer(query: string): (task: Task) => number {
  const terms = fold(query).split(/\s+/).filter(Boolean);
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
