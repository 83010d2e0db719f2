/*
 * The line that is parsed, with what is settled masked: a chip that was
 * found, or words that are no chip. Offsets stay those of the line.
 */

export interface Span {
  start: number;
  end: number;
}

const CHIP = '\uFFFC';
const WORDS = '\uE000';

export class Line {
  readonly text: string;
  masked: string;

  constructor(text: string) {
    this.text = text;
    this.masked = text;
  }

  take({ start, end }: Span): void {
    this.mask(start, end, CHIP);
  }

  keep({ start, end }: Span): void {
    this.mask(start, end, WORDS);
  }

  private mask(start: number, end: number, by: string): void {
    this.masked =
      this.masked.slice(0, start) +
      by.repeat(end - start) +
      this.masked.slice(end);
  }

  /** Nothing before it but other chips, or a space. */
  startsWord(at: number): boolean {
    return at === 0 || /[\s\uFFFC]$/.test(this.masked.slice(0, at));
  }

  /** Nothing of the same word, name, number or address behind it. */
  endsWord(at: number): boolean {
    return /^(?:$|[\s\uFFFC]|[,;.!?)]+(?:$|\s))/.test(this.masked.slice(at));
  }

  isWhole({ start, end }: Span): boolean {
    return this.startsWord(start) && this.endsWord(end);
  }

  /** The word before, as it is written; '' if there is none. */
  before(at: number): string {
    const found = /([^\s\uFFFC]+)\s*$/.exec(this.masked.slice(0, at));
    return found?.[1] ?? '';
  }

  /** The word behind; '' at the end and before a chip. */
  after(at: number): string {
    const found = /^[\s\uFFFC]*\s([^\s\uFFFC]+)/.exec(this.masked.slice(at));
    const direct = /^\s*\uFFFC/.test(this.masked.slice(at));
    return direct ? '' : (found?.[1] ?? '');
  }

  /** Every match of a global expression that stands as words of its own. */
  *matches(expression: RegExp): Generator<RegExpMatchArray & Span> {
    // From the beginning of a word on: "baby tomorrow" has no "by".
    const { source, flags } = expression;
    const begin = new RegExp(`(?<![^\\s\uFFFC])(?:${source})`, flags);
    for (const match of this.masked.matchAll(begin)) {
      const span = { start: match.index, end: match.index + match[0].length };
      if (this.isWhole(span)) {
        yield Object.assign(match, span);
      }
    }
  }
}

const LITERALS = [
  /(?:[a-z][a-z0-9+.-]*:\/\/|www\.)\S+/giu,
  /[^\s@]+@[^\s@]+\.[^\s@]+/gu,
  /"[^"]*"|“[^”]*”|„[^“”]*[“”]|«[^»]*»/gu,
];

/** Sets aside links, addresses, what is in quotes, and what was rejected. */
export function keepLiterals(line: Line, rejected: readonly string[]): void {
  for (const expression of LITERALS) {
    for (const span of line.matches(expression)) {
      line.keep(span);
    }
  }
  const lower = line.text.toLowerCase();
  for (const phrase of rejected) {
    for (
      let start = lower.indexOf(phrase);
      start >= 0;
      start = lower.indexOf(phrase, start + 1)
    ) {
      line.keep({ start, end: start + phrase.length });
    }
  }
}
