import type { Priority } from '@/api/types.ts';
import type { Line, Span } from './quickAddText.ts';

/** Tags, priority and list: what is named with a sign. */

export interface Named {
  id: string;
  name: string;
}

const TAG = /#[\p{L}\p{M}\p{N}\p{Extended_Pictographic}_-]{1,50}/gu;
/** "#42" is the number of something. */
const NAME = /[\p{L}\p{Extended_Pictographic}]/u;

export function findTags(
  line: Line,
  known: readonly string[],
): (Span & { tag: string })[] {
  const found = [];
  for (const { 0: text, start, end } of line.matches(TAG)) {
    const typed = text.slice(1).replace(/[-_]+$/, '');
    if (NAME.test(typed)) {
      const same = known.find((tag) => tag.toLowerCase() === lower(typed));
      found.push({ start, end, tag: same ?? typed });
    }
  }
  return found;
}

const PRIORITY =
  /!(?:high|h|1|medium|med|m|2|low|l|3|none|4)|!{2,3}|[pP](?=[1-4])[1-4]/gi;
const PRIORITIES: Record<string, Priority> = {
  h: 'high',
  1: 'high',
  m: 'medium',
  2: 'medium',
  l: 'low',
  3: 'low',
  n: 'none',
  4: 'none',
};

export function findPriorities(line: Line): (Span & { priority: Priority })[] {
  const found = [];
  for (const { 0: text, start, end } of line.matches(PRIORITY)) {
    const key = lower(text).replace(/^[!p]/, '').charAt(0);
    const marks = text === '!!!' ? 'high' : 'medium';
    // "P1" is the name of a thing more often than a priority.
    if (!text.startsWith('P')) {
      found.push({ start, end, priority: PRIORITIES[key] ?? marks });
    }
  }
  return found;
}

/** Only lists that exist: "@anna" and "/etc" stay what they are. */
export function findLists(
  line: Line,
  lists: readonly Named[],
): (Span & { list: Named })[] {
  const found = [];
  const longest = [...lists].sort((a, b) => b.name.length - a.name.length);
  for (const { index: start } of line.masked.matchAll(/[@/]/g)) {
    const rest = lower(line.masked.slice(start + 1));
    const list = longest.find(({ name }) => {
      const end = start + 1 + name.length;
      return (
        [lower(name), lower(name).replaceAll(' ', '-')].some(
          (form) => form !== '' && rest.startsWith(form),
        ) && line.isWhole({ start, end })
      );
    });
    if (list) {
      found.push({ start, end: start + 1 + list.name.length, list });
    }
  }
  return found;
}

function lower(text: string): string {
  return text.toLowerCase();
}
