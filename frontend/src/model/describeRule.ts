import { locale, t } from '@/i18n/i18n.ts';
import { type Rule, WEEKDAYS, type Weekday, WORKDAYS } from './recurrence.ts';

/** A Monday. */
const MONDAY = Date.UTC(2024, 0, 1);
const DAY_MS = 86_400_000;

export function weekdayName(
  day: Weekday,
  weekday: 'long' | 'short' = 'long',
): string {
  const date = new Date(MONDAY + WEEKDAYS.indexOf(day) * DAY_MS);
  return new Intl.DateTimeFormat(locale(), {
    weekday,
    timeZone: 'UTC',
  }).format(date);
}

export function monthName(month: number): string {
  return new Intl.DateTimeFormat(locale(), {
    month: 'long',
    timeZone: 'UTC',
  }).format(new Date(Date.UTC(2024, month - 1, 1)));
}

const ORDINALS = { one: 'st', two: 'nd', few: 'rd', other: 'th' } as const;

/** "2nd"; "last" for -1. */
export function ordinal(nth: number): string {
  if (nth < 0) {
    return nth === -1
      ? t('rule.last')
      : t('rule.toLast', { nth: ordinal(-nth) });
  }
  const form = new Intl.PluralRules('en', { type: 'ordinal' }).select(nth);
  return `${nth}${ORDINALS[form as keyof typeof ORDINALS] ?? 'th'}`;
}

function listed(names: string[]): string {
  return new Intl.ListFormat(locale(), { type: 'conjunction' }).format(names);
}

/** "Every 2nd Tuesday of the month, 5 times". */
export function describeRule(rule: Rule, formatDay: (day: string) => string) {
  const { end } = rule;
  const text = describeDays(rule);
  switch (end.kind) {
    case 'never':
      return text;
    case 'until':
      return t('rule.until', { rule: text, day: formatDay(end.day) });
    case 'count':
      return t('rule.count', { rule: text, count: end.count });
  }
}

function describeDays(rule: Rule): string {
  const { freq, interval, place, weekdays } = rule;
  const every = t(`rule.every.${freq}`, { count: interval });
  if (freq === 'WEEKLY' && weekdays.length > 0) {
    return describeWeekdays(every, interval, weekdays);
  }
  if (place === null) {
    return every;
  }
  const day =
    place.kind === 'nth'
      ? t('rule.nth', {
          nth: ordinal(place.nth),
          weekday: weekdayName(place.weekday),
        })
      : place.day < 0
        ? t('rule.nthDay', { nth: ordinal(place.day) })
        : ordinal(place.day);
  if (rule.month !== null) {
    const month = monthName(rule.month);
    return place.kind === 'day' && place.day > 0
      ? t('rule.onDate', { every, day: place.day, month })
      : t('rule.onNthIn', { every, day, month });
  }
  return interval === 1
    ? t('rule.monthly', { day })
    : t('rule.onThe', { every, day });
}

function describeWeekdays(
  every: string,
  interval: number,
  weekdays: readonly Weekday[],
): string {
  const isWorkdays = weekdays.join() === WORKDAYS.join();
  if (isWorkdays && interval === 1) {
    return t('rule.workdays');
  }
  const days = listed(weekdays.map((day) => weekdayName(day)));
  return interval === 1
    ? t('rule.weekly', { days })
    : t('rule.on', { every, days });
}
