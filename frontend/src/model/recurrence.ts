import { addDays, format, getDate, getDay, getMonth, parseISO } from 'date-fns';

export const WEEKDAYS = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'] as const;
export type Weekday = (typeof WEEKDAYS)[number];
export const WORKDAYS: readonly Weekday[] = WEEKDAYS.slice(0, 5);

/** In a month: its n-th day or weekday; -1 is the last. */
export type MonthPlace =
  | { kind: 'day'; day: number }
  | { kind: 'nth'; nth: number; weekday: Weekday };

export type RuleEnd =
  | { kind: 'never' }
  | { kind: 'until'; day: string }
  | { kind: 'count'; count: number };

/** The rules that this page can write; the server follows many more. */
export interface Rule {
  freq: 'DAILY' | 'WEEKLY' | 'MONTHLY' | 'YEARLY';
  interval: number;
  /** Weekly: on these days; none: the weekday of the due date. */
  weekdays: readonly Weekday[];
  /** Monthly and yearly; null: the day of the due date. */
  place: MonthPlace | null;
  /** Yearly, with a place: 1 to 12. */
  month: number | null;
  end: RuleEnd;
}

export function plainRule(freq: Rule['freq'], interval = 1): Rule {
  return {
    freq,
    interval,
    weekdays: [],
    place: null,
    month: null,
    end: { kind: 'never' },
  };
}

/** As RFC 5545 writes it. */
export function toRrule(rule: Rule): string {
  const { place, end } = rule;
  const days = rule.weekdays.join(',');
  const parts: [string, string | number | null][] = [
    ['FREQ', rule.freq],
    ['INTERVAL', rule.interval > 1 ? rule.interval : null],
    ['BYMONTH', rule.month],
    ['BYDAY', place?.kind === 'nth' ? place.nth + place.weekday : days],
    ['BYMONTHDAY', place?.kind === 'day' ? place.day : null],
    ['UNTIL', end.kind === 'until' ? end.day.replaceAll('-', '') : null],
    ['COUNT', end.kind === 'count' ? end.count : null],
  ];
  return parts
    .filter(([, value]) => value !== null && value !== '')
    .map(([name, value]) => `${name}=${value}`)
    .join(';');
}

/** null: a rule that this page cannot show in its fields. */
export function fromRrule(rrule: string): Rule | null {
  const parts = new Map<string, string>();
  for (const part of rrule.toUpperCase().split(';')) {
    const [name = '', value = ''] = part.split('=');
    parts.set(name, value);
  }
  const freq = parts.get('FREQ');
  if (!isFreq(freq)) {
    return null;
  }
  const count = parts.get('COUNT');
  const until = parts.get('UNTIL');
  const place = placeOf(parts);
  const month =
    freq === 'YEARLY' ? Number(parts.get('BYMONTH') ?? 0) || null : null;
  const rule: Rule = {
    ...plainRule(freq, Number(parts.get('INTERVAL') ?? 1)),
    weekdays: freq === 'WEEKLY' ? weekdaysOf(parts.get('BYDAY')) : [],
    place,
    month,
    end: endOf(until, count),
  };
  const isOfYear = freq === 'YEARLY' && (place === null) !== (month === null);
  // Whatever is not in the fields would be lost by saving them.
  return !isOfYear && sameRule(toRrule(rule), parts) ? rule : null;
}

function isFreq(text: string | undefined): text is Rule['freq'] {
  return ['DAILY', 'WEEKLY', 'MONTHLY', 'YEARLY'].includes(text ?? '');
}

function weekdaysOf(list: string | undefined): Weekday[] {
  const days = (list ?? '').split(',');
  return WEEKDAYS.filter((day) => days.includes(day));
}

function placeOf(parts: Map<string, string>): MonthPlace | null {
  const freq = parts.get('FREQ');
  if (freq !== 'MONTHLY' && freq !== 'YEARLY') {
    return null;
  }
  const day = Number(parts.get('BYMONTHDAY') ?? 0);
  if (day !== 0) {
    return { kind: 'day', day };
  }
  const [, nth, name] =
    /^(-1|[1-5])([A-Z]{2})$/.exec(parts.get('BYDAY') ?? '') ?? [];
  const weekday = WEEKDAYS.find((each) => each === name);
  return weekday ? { kind: 'nth', nth: Number(nth), weekday } : null;
}

function endOf(until: string | undefined, count: string | undefined): RuleEnd {
  if (until !== undefined) {
    const day = until.replace(/^(\d{4})(\d\d)(\d\d).*$/, '$1-$2-$3');
    return { kind: 'until', day };
  }
  return count === undefined
    ? { kind: 'never' }
    : { kind: 'count', count: Number(count) };
}

function sameRule(rrule: string, parts: Map<string, string>): boolean {
  const written = new Map(
    rrule.split(';').map((part) => part.split('=') as [string, string]),
  );
  const isEach = (parts.get('INTERVAL') ?? '1') === '1';
  // Where a week starts matters to every other week only; Monday is usual.
  const given = [...parts].filter(
    ([name, value]) =>
      !(name === 'WKST' && (isEach || value === 'MO')) &&
      !(name === 'INTERVAL' && isEach),
  );
  return (
    given.length === written.size &&
    given.every(([name, value]) => {
      const mine = written.get(name) ?? '';
      return name === 'UNTIL'
        ? value.startsWith(mine)
        : [...mine.split(',')].sort().join() === value.split(',').sort().join();
    })
  );
}

/** Years that are looked through for the first day of a rule. */
const YEARS = 9;

/** The first day, from `day` on, that the rule names; null if none comes. */
export function firstDay(rule: Rule, day: string): string | null {
  const start = parseISO(day);
  for (let count = 0; count < YEARS * 366; count += 1) {
    const date = addDays(start, count);
    if (names(rule, date)) {
      return format(date, 'yyyy-MM-dd');
    }
  }
  return null;
}

export function weekdayOf(date: Date): Weekday {
  return WEEKDAYS[(getDay(date) + 6) % 7] ?? 'MO';
}

function names(rule: Rule, date: Date): boolean {
  const { place, month, weekdays } = rule;
  if (month !== null && getMonth(date) + 1 !== month) {
    return false;
  }
  if (place === null) {
    return weekdays.length === 0 || weekdays.includes(weekdayOf(date));
  }
  const isLast = (step: number) =>
    getMonth(addDays(date, step)) !== getMonth(date);
  if (place.kind === 'day') {
    return place.day === -1 ? isLast(1) : getDate(date) === place.day;
  }
  const nth = Math.ceil(getDate(date) / 7);
  return (
    weekdayOf(date) === place.weekday &&
    (place.nth === -1 ? isLast(7) : nth === place.nth)
  );
}
