/** Of a paste so many lines become tasks. */
export const LINES_MAX = 200;

const MARKER =
  /^\s*(?:(?:[-*+•‣◦]\s+)?(?:\[[ xX]?\]|[☐☑✓])\s+|[-*+•‣◦]\s+|\d{1,3}[.)]\s+)/u;

/** A text as titles: a line each, without what marks it as one of a list. */
export function linesOf(text: string): string[] {
  return text
    .split(/\r\n|[\n\r\u2028\u2029]/)
    .map((line) => line.replace(MARKER, '').trim())
    .filter((line) => line !== '');
}
