import type { Line, Span } from './quickAddText.ts';
import {
  MONTH,
  monthNamed,
  NUMBER,
  numberOf,
  ORDINAL,
  ordinalOf,
  WEEKDAY,
  weekdayNamed,
} from './quickAddWords.ts';
import { plainRule, type Rule, WEEKDAYS, WORKDAYS } from './recurrence.ts';

export interface FoundRule extends Span {
  rule: Rule;
  from: 'due' | 'completion';
}

const UNIT = '(?:day|week|month|year)s?';
const FREQS = {
  d: 'DAILY',
  w: 'WEEKLY',
  m: 'MONTHLY',
  y: 'YEARLY',
} as const;

function freqOf(unit: string): Rule['freq'] {
  const start = unit.charAt(0).toLowerCase();
  return FREQS[start as keyof typeof FREQS];
}

type Groups = Record<string, string | undefined>;

/** What may follow "every", the longest first. */
const PATTERNS: [string, (groups: Groups) => Rule | null][] = [
  [
    `(?<nth>${ORDINAL})\\s+(?<day>${WEEKDAY})(?:\\s+(?:of|in)\\s+(?:the|each|every)\\s+month)?`,
    ({ nth = '', day = '' }) => nthWeekday(ordinalOf(nth), day),
  ],
  [
    `month\\s+on\\s+the\\s+(?<nth>${ORDINAL})\\s+(?<day>${WEEKDAY})`,
    ({ nth = '', day = '' }) => nthWeekday(ordinalOf(nth), day),
  ],
  [
    '(?:month\\s+on\\s+the\\s+)?last\\s+day(?:\\s+of\\s+(?:the|each|every)\\s+month)?',
    () => ({ ...plainRule('MONTHLY'), place: { kind: 'day', day: -1 } }),
  ],
  [
    `month\\s+on\\s+the\\s+(?<nth>${ORDINAL})`,
    ({ nth = '' }) => monthDay(ordinalOf(nth)),
  ],
  [
    `(?:year\\s+on\\s+(?:the\\s+)?)?(?<n>\\d{1,2})(?:st|nd|rd|th)?\\s+(?:of\\s+)?(?<month>${MONTH})`,
    ({ n = '', month = '' }) => yearDay(month, Number(n)),
  ],
  [
    `(?:year\\s+on\\s+)?(?<month>${MONTH})\\s+(?<n>\\d{1,2})(?:st|nd|rd|th)?`,
    ({ n = '', month = '' }) => yearDay(month, Number(n)),
  ],
  [
    '(?<nth>\\d{1,2}(?:st|nd|rd|th))(?:\\s+(?:day\\s+)?of\\s+(?:the|each|every)\\s+month)?',
    ({ nth = '' }) => monthDay(ordinalOf(nth)),
  ],
  [
    `(?:(?<n>${NUMBER})\\s+|(?<other>other|second|2nd)\\s+)?weeks?\\s+on\\s+(?<days>${WEEKDAY}(?:(?:\\s*,\\s*|\\s*&\\s*|\\s+and\\s+|\\s*,\\s*and\\s+)${WEEKDAY})*)`,
    ({ n, other, days = '' }) => ({
      ...plainRule('WEEKLY', other ? 2 : numberOf(n ?? '1')),
      weekdays: weekdaysIn(days),
    }),
  ],
  [
    `(?:(?<n>${NUMBER})|(?<other>other|second|2nd)|(?<third>third|3rd))\\s+(?<unit>${UNIT})`,
    ({ n, other, unit = '' }) =>
      every(other ? 2 : n === undefined ? 3 : numberOf(n), unit),
  ],
  [
    `(?:(?<other>other)\\s+)?(?<days>${WEEKDAY}(?:(?:\\s*,\\s*|\\s*&\\s*|\\s+and\\s+|\\s*,\\s*and\\s+)${WEEKDAY})*)`,
    ({ other, days = '' }) => ({
      ...plainRule('WEEKLY', other ? 2 : 1),
      weekdays: weekdaysIn(days),
    }),
  ],
  [
    '(?:weekday|workday|work\\s+day)s?',
    () => ({ ...plainRule('WEEKLY'), weekdays: WORKDAYS }),
  ],
  ['weekend', () => ({ ...plainRule('WEEKLY'), weekdays: ['SA', 'SU'] })],
  ['(?<unit>day|week|month|year)', ({ unit = '' }) => every(1, unit)],
];

function nthWeekday(nth: number, day: string): Rule | null {
  return nth > 5
    ? null
    : {
        ...plainRule('MONTHLY'),
        place: { kind: 'nth', nth, weekday: weekdayNamed(day) },
      };
}

function monthDay(day: number): Rule | null {
  return day < -1 || day === 0 || day > 31
    ? null
    : { ...plainRule('MONTHLY'), place: { kind: 'day', day } };
}

function yearDay(name: string, day: number): Rule | null {
  const month = monthNamed(name);
  // Of a leap year: 29 February comes, 31 April does not.
  return day === 0 || day > new Date(2000, month, 0).getDate()
    ? null
    : { ...plainRule('YEARLY'), month, place: { kind: 'day', day } };
}

function every(interval: number, unit: string): Rule | null {
  return interval < 1 ? null : plainRule(freqOf(unit), interval);
}

function weekdaysIn(text: string): Rule['weekdays'] {
  const days = text
    .split(/[\s,&]+/)
    .filter((word) => !/^(?:and)?$/i.test(word));
  const named = days.map(weekdayNamed);
  return WEEKDAYS.filter((day) => named.includes(day));
}

const ADVERBS: Record<string, Rule['freq']> = {
  daily: 'DAILY',
  weekly: 'WEEKLY',
  monthly: 'MONTHLY',
  yearly: 'YEARLY',
  annually: 'YEARLY',
};

/** Before these the adverb belongs to a thing: "read the daily". */
const ARTICLE = /^(?:the|an?|my|our|your|his|her|their|this|bi|of|to)$/i;

const AFTER_DONE =
  '(?:\\s+(?:after\\s+(?:completion|completing)|after\\s+done|when\\s+done))?';
const TIMES = '(?:\\s+(?:for\\s+)?(?<count>\\d{1,3})\\s*(?:times|x))?';

/** The last rule that the line has; one task has one. */
export function findRule(line: Line): FoundRule | null {
  for (const [pattern, build] of PATTERNS) {
    const expression = new RegExp(
      `every(?<bang>!)?\\s+${pattern}${AFTER_DONE}${TIMES}`,
      'gi',
    );
    const match = [...line.matches(expression)].at(-1);
    const groups = match?.groups ?? {};
    const rule = match && isFree(line, match) ? build(groups) : null;
    if (match && rule) {
      const later =
        groups.bang !== undefined || /(?:ion|ing|done)\b/i.test(match[0]);
      return {
        ...pick(match),
        rule: withCount(rule, groups.count),
        from: later ? 'completion' : 'due',
      };
    }
  }
  return findAdverb(line);
}

/** "on every day", "not every day": a part of what is to be done. */
function isFree(line: Line, span: Span): boolean {
  return !/^(?:not|almost|nearly|of|for|from|like)$/i.test(
    line.before(span.start),
  );
}

function findAdverb(line: Line): FoundRule | null {
  for (const match of line.matches(
    /(?:daily|weekly|monthly|yearly|annually)/gi,
  )) {
    const freq = ADVERBS[match[0].toLowerCase()];
    const before = line.before(match.start);
    if (
      freq &&
      before !== '' &&
      line.after(match.end) === '' &&
      !ARTICLE.test(before)
    ) {
      return { ...pick(match), rule: plainRule(freq), from: 'due' };
    }
  }
  return null;
}

function withCount(rule: Rule, count: string | undefined): Rule {
  return count === undefined || Number(count) < 1
    ? rule
    : { ...rule, end: { kind: 'count', count: Number(count) } };
}

function pick({ start, end }: Span): Span {
  return { start, end };
}
