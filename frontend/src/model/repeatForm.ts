import { getDate, getMonth, parseISO } from 'date-fns';
import type { Task } from '@/api/types.ts';
import {
  fromRrule,
  type MonthPlace,
  plainRule,
  type Rule,
  type RuleEnd,
  toRrule,
  type Weekday,
  WORKDAYS,
  weekdayOf,
} from './recurrence.ts';

export const KINDS = [
  'none',
  'DAILY',
  'WORKDAYS',
  'WEEKLY',
  'MONTHLY',
  'YEARLY',
] as const;
export const PLACES = ['due', 'day', 'nth', 'last'] as const;
export const ENDS = ['never', 'until', 'count'] as const;
/** The weeks of a month that a weekday can be in. */
export const NTHS = [1, 2, 3, 4, 5, -1] as const;

/** What the fields of a recurrence say, numbers as they are typed. */
export interface RepeatForm {
  /** "kept": a rule that has no fields here. */
  kind: (typeof KINDS)[number] | 'kept';
  interval: string;
  weekdays: readonly Weekday[];
  place: (typeof PLACES)[number];
  day: string;
  nth: number;
  weekday: Weekday;
  month: number;
  end: (typeof ENDS)[number];
  until: string;
  count: string;
  from: 'due' | 'completion';
}

/** The server's limits. */
export const LIMITS = { interval: 1000, day: 31, count: 10_000 } as const;

/** The fields of a rule, the rest as it would suit the due day. */
export function formOf(
  recurrence: Task['recurrence'],
  day: string,
): RepeatForm {
  const date = parseISO(day);
  const form: RepeatForm = {
    kind: 'none',
    interval: '1',
    weekdays: [],
    place: 'due',
    day: String(getDate(date)),
    nth: Math.ceil(getDate(date) / 7),
    weekday: weekdayOf(date),
    month: getMonth(date) + 1,
    end: 'never',
    until: '',
    count: '10',
    from: recurrence?.from ?? 'due',
  };
  if (!recurrence) {
    return form;
  }
  const rule = fromRrule(recurrence.rrule);
  return rule && isShown(rule)
    ? { ...form, ...fieldsOf(rule) }
    : { ...form, kind: 'kept' };
}

/** "The 2nd to last day" can be told, but has no field. */
function isShown({ place }: Rule): boolean {
  return place?.kind !== 'day' || place.day >= -1;
}

function fieldsOf(rule: Rule): Partial<RepeatForm> {
  const { freq, interval, weekdays, month, end } = rule;
  const isWorkdays = interval === 1 && weekdays.join() === WORKDAYS.join();
  return {
    kind: isWorkdays ? 'WORKDAYS' : freq,
    interval: String(interval),
    weekdays,
    ...placeFields(rule.place),
    ...(month !== null && { month }),
    end: end.kind,
    ...(end.kind === 'until' && { until: end.day }),
    ...(end.kind === 'count' && { count: String(end.count) }),
  };
}

function placeFields(place: MonthPlace | null): Partial<RepeatForm> {
  if (place?.kind === 'nth') {
    return { place: 'nth', nth: place.nth, weekday: place.weekday };
  }
  if (place?.kind === 'day') {
    return place.day === -1
      ? { place: 'last' }
      : { place: 'day', day: String(place.day) };
  }
  return {};
}

/** null: not a number within the limits. */
export function numberIn(
  name: keyof typeof LIMITS,
  text: string,
): number | null {
  const number = /^\d{1,5}$/.test(text.trim()) ? Number(text) : 0;
  return number >= 1 && number <= LIMITS[name] ? number : null;
}

/** null: a field does not fit, or there is no rule at all. */
export function ruleOf(form: RepeatForm): Rule | null {
  const { kind } = form;
  if (kind === 'none' || kind === 'kept') {
    return null;
  }
  const end = endOf(form);
  if (kind === 'WORKDAYS') {
    return end && { ...plainRule('WEEKLY'), weekdays: WORKDAYS, end };
  }
  const interval = numberIn('interval', form.interval);
  const inMonth = kind === 'MONTHLY' || kind === 'YEARLY';
  const place = inMonth ? placeOf(form) : null;
  if (!end || interval === null || place === undefined) {
    return null;
  }
  return {
    ...plainRule(kind, interval),
    weekdays: kind === 'WEEKLY' ? form.weekdays : [],
    place,
    month: kind === 'YEARLY' && place ? form.month : null,
    end,
  };
}

/** undefined: the day is none. */
function placeOf(form: RepeatForm): MonthPlace | null | undefined {
  switch (form.place) {
    case 'due':
      return null;
    case 'last':
      return { kind: 'day', day: -1 };
    case 'nth':
      return { kind: 'nth', nth: form.nth, weekday: form.weekday };
    case 'day': {
      const day = numberIn('day', form.day);
      return day === null ? undefined : { kind: 'day', day };
    }
  }
}

function endOf({ end, until, count }: RepeatForm): RuleEnd | null {
  switch (end) {
    case 'never':
      return { kind: 'never' };
    case 'until':
      return until === '' ? null : { kind: 'until', day: until };
    case 'count': {
      const number = numberIn('count', count);
      return number === null ? null : { kind: 'count', count: number };
    }
  }
}

/** What to store; undefined while a field does not fit. */
export function recurrenceOf(
  form: RepeatForm,
  before: Task['recurrence'],
): Task['recurrence'] | undefined {
  if (form.kind === 'none') {
    return null;
  }
  if (form.kind === 'kept') {
    return before && { ...before, from: form.from };
  }
  const rule = ruleOf(form);
  return rule ? { rrule: toRrule(rule), from: form.from } : undefined;
}
