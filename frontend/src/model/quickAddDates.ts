import * as chrono from 'chrono-node/en';
import { addDays, addMinutes, format, set } from 'date-fns';
import type { Line, Span } from './quickAddText.ts';
import {
  MONTH,
  monthNamed,
  NUMBER,
  numberOf,
  WEEKDAY,
} from './quickAddWords.ts';
import { firstDay, plainRule } from './recurrence.ts';

export interface FoundDay extends Span {
  day: string;
  time: string | null;
}

/*
 * Which words are a date is decided here, word by word, since a line for a
 * task is full of what only looks like one. chrono says which day they mean,
 * but where a list means another: "next week" is its Monday, as in the
 * calendar's choices, and a weekday's name is never today.
 */

const DAYPARTS: Record<string, string> = {
  morning: '09:00',
  noon: '12:00',
  afternoon: '15:00',
  evening: '19:00',
  night: '20:00',
};
const PART = '(?:\\s+(?<part>morning|noon|afternoon|evening|night))?';
const NTH = '(?:st|nd|rd|th)?';
const YEAR = '(?:,?\\s+(?<year>20\\d\\d))?';
const LEAD = '(?<lead>due\\s+(?:on|by)\\s+|due\\s+|on\\s+|by\\s+)?';

type Groups = Record<string, string | undefined>;
type Read = (text: string, groups: Groups, now: Date) => string | null;

const PATTERNS: [string, Read][] = [
  ['(?:the\\s+)?day\\s+after\\s+tomorrow', (_, __, now) => ahead(now, 2)],
  [`(?:today|tonight|tomorrow|tmrw?)${PART}`, ask],
  ['this\\s+(?<part>morning|afternoon|evening)', ask],
  [`(?<when>this|next|coming)\\s+(?<name>${WEEKDAY})${PART}`, ask],
  [
    `(?:${WEEKDAY},?\\s+)?(?:the\\s+)?(?<day>\\d{1,2})${NTH}(?:\\s+of)?\\s+(?<month>${MONTH})\\.?${YEAR}`,
    monthDay,
  ],
  [
    `(?:${WEEKDAY},?\\s+)?(?<month>${MONTH})\\.?\\s+(?:the\\s+)?(?<day>\\d{1,2})${NTH}${YEAR}`,
    monthDay,
  ],
  ['(?:20\\d\\d-\\d{1,2}-\\d{1,2}|\\d{1,2}[./]\\d{1,2}[./]20\\d\\d)', ask],
  [
    `(?:in\\s+${NUMBER}\\s+(?:day|week|month|year)s?(?:['’]?\\s+time)?|${NUMBER}\\s+(?:day|week|month|year)s?\\s+from\\s+(?:now|today))`,
    (text, _, now) => ask(text.replace(/['’]?\s+time$/i, ''), _, now),
  ],
  ['(?:this|next)\\s+weekend', ask],
  ['next\\s+week', (_, __, now) => ask('next monday', {}, now)],
  ['next\\s+month', (_, __, now) => monthStart(now, 1)],
  ['next\\s+year', (_, __, now) => `${now.getFullYear() + 1}-01-01`],
  [
    '(?:the\\s+)?end\\s+of\\s+(?:the\\s+|this\\s+)?(?<what>month|year)',
    (_, { what }, now) =>
      what?.toLowerCase() === 'year'
        ? `${now.getFullYear()}-12-31`
        : firstDay(
            { ...plainRule('MONTHLY'), place: { kind: 'day', day: -1 } },
            dayOf(now),
          ),
  ],
  [`the\\s+(?<nth>\\d{1,2})(?:st|nd|rd|th)`, nthDay],
  [
    `(?<name>${WEEKDAY})${PART}`,
    // From tomorrow on: who means today says so.
    (text, _, now) => ask(text, _, addDays(now, 1)),
  ],
];

function dayOf(date: Date): string {
  return format(date, 'yyyy-MM-dd');
}

function ahead(now: Date, days: number): string {
  return dayOf(addDays(now, days));
}

function monthStart(now: Date, months: number): string {
  return dayOf(new Date(now.getFullYear(), now.getMonth() + months, 1, 12));
}

/** The day only: noon is in every zone the same day, whatever its clocks do. */
function ask(text: string, { part }: Groups, now: Date): string | null {
  const day = part ? text.slice(0, -part.length).trim() : text;
  const noon = set(now, { hours: 12, minutes: 0, seconds: 0, milliseconds: 0 });
  const found = chrono.GB.parse(day === 'this' ? 'today' : day, noon, {
    forwardDate: true,
  });
  const only = found.length === 1 ? found[0] : undefined;
  return only?.text.length === (day === 'this' ? 5 : day.length)
    ? dayOf(only.start.date())
    : null;
}

function monthDay(_: string, groups: Groups, now: Date): string | null {
  const month = monthNamed(groups.month ?? '');
  const day = Number(groups.day);
  if (groups.year) {
    const name = `${groups.year}-${pad(month)}-${pad(day)}`;
    return ask(name, {}, now);
  }
  // The next one that exists: 29 February waits for a leap year.
  return firstDay(
    { ...plainRule('YEARLY'), month, place: { kind: 'day', day } },
    dayOf(now),
  );
}

/** "on the 27th", and nothing behind it: "the 2nd floor" is another thing. */
function nthDay(_: string, groups: Groups, now: Date): string | null {
  const day = Number(groups.nth);
  return groups.lead === undefined || day < 1 || day > 31
    ? null
    : firstDay(
        { ...plainRule('MONTHLY'), place: { kind: 'day', day } },
        dayOf(now),
      );
}

function pad(number: number): string {
  return String(number).padStart(2, '0');
}

const CLOCK = new RegExp(
  `(?:in\\s+(?<n>${NUMBER})|in\\s+(?<half>half\\s+an))\\s+(?<unit>hour|hr|minute|min)s?`,
  'gi',
);

/** "in 20 minutes", by the clock on the wall when that time has passed. */
export function findMoment(line: Line, now: Date): FoundDay | null {
  let found: FoundDay | null = null;
  for (const { groups = {}, start, end } of line.matches(CLOCK)) {
    const count = groups.half ? 0.5 : numberOf(groups.n ?? '');
    const minutes = count * (groups.unit?.startsWith('h') ? 60 : 1);
    const moment = addMinutes(now, minutes);
    const day = dayOf(moment);
    found = { start, end, day, time: format(moment, 'HH:mm') };
  }
  return found;
}

/** The last day that the line names. `lead`: words that may come before. */
export function findDay(line: Line, now: Date, lead = LEAD): FoundDay | null {
  const taken: Span[] = [];
  let found: FoundDay | null = null;
  for (const [pattern, read] of PATTERNS) {
    for (const match of line.matches(new RegExp(lead + pattern, 'gi'))) {
      const { groups = {}, start, end } = match;
      if (taken.some((span) => start < span.end && span.start < end)) {
        continue;
      }
      taken.push({ start, end });
      const text = match[0].slice(groups.lead?.length ?? 0);
      const day = isDate(line, match) ? read(text, groups, now) : null;
      const isLater = found === null || start > found.start;
      if (day !== null && day >= dayOf(now) && isLater) {
        found = { start, end, day, time: timeOf(text, groups) };
      }
    }
  }
  return found;
}

function timeOf(text: string, { part }: Groups): string | null {
  const name = /tonight$/i.test(text) ? 'night' : part?.toLowerCase();
  return (name && DAYPARTS[name]) ?? null;
}

/** After these words the date is a part of what is to be done. */
const BOUND =
  /^(?:before|after|since|until|till|from|than|of|about|to|the|an?|every|each|last|past|black|good|ash|cyber|easter|my|our|vs\.?|and|or|not|usa|psychology)$/i;
/** What makes an address, or the name of a thing. */
const NO_DATE =
  /^(?:street|st|road|rd|avenue|ave|lane|ln|drive|dr|square|place|court|terrace|close|crescent|way|boulevard|blvd|row|gardens|floor|school|times|roast|or)\b/i;
/** Short names of days that are words, too. */
const SHORT = /(?:^|\s)(?:mon|wed|sat|sun|wednes)$/i;
const VERBS = /(?:^|\s)(?:(?:may|march)\s+\d+|\d+\s+(?:may|march))$/;
/** What is planned is the week itself, where that is all of the line. */
const PLANS = /^(?:plan|review|prepare|organi[sz]e|discuss|outline)$/i;
const PERIOD = /^(?:this|next)\s+(?:week|weekend|month|year)$/i;
/** Who can sit: not on a Saturday. */
const SAT =
  /(?:^|\s)(?:i|you|he|she|it|we|they|who|cats?|dogs?|bab(?:y|ies)|child(?:ren)?|kids?|birds?|hens?)\s+sat$/i;
const CAPITAL_VERB = /^(?:May|March)\s+\d+$/;

function isDate(line: Line, match: RegExpMatchArray & Span): boolean {
  const { start, end } = match;
  const groups = match.groups ?? {};
  const after = line.after(end);
  if (BOUND.test(line.before(start)) || NO_DATE.test(after)) {
    return false;
  }
  const words = line.masked.slice(0, start).replaceAll('\uFFFC', ' ').trim();
  if (
    (PERIOD.test(match[0]) && PLANS.test(words)) ||
    SAT.test(`${words} ${match[0]}`)
  ) {
    return false;
  }
  const led = groups.lead !== undefined || groups.when !== undefined;
  if (groups.nth !== undefined) {
    return led && after === '';
  }
  const isDoubtful =
    (groups.name !== undefined && SHORT.test(match[0])) ||
    VERBS.test(match[0]) ||
    (start === 0 && CAPITAL_VERB.test(match[0]));
  return led || !isDoubtful || after === '';
}
