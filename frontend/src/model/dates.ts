import {
  getLocalTimeZone,
  parseDateTime,
  toCalendarDateTime,
  toTimeZone,
  toZoned,
} from '@internationalized/date';
import {
  addDays,
  differenceInCalendarDays,
  formatISO,
  nextMonday,
  parseISO,
} from 'date-fns';
import type { Due } from '@/api/types.ts';

/** date-fns' formatISO() would bring its words in English, 5 kB. */
const DAY = { representation: 'date' } as const;

/** The reader's time zone, an IANA name. */
export function localZone(): string {
  return getLocalTimeZone();
}

/** The reader's calendar day, "2026-11-30". */
export function dayOf(instant: Date): string {
  return formatISO(instant, DAY);
}

export function daysFrom(day: string, count: number): string {
  return formatISO(addDays(parseISO(day), count), DAY);
}

/** The first Monday after a day. */
export function nextWeek(day: string): string {
  return formatISO(nextMonday(parseISO(day)), DAY);
}

/** Where a due moment falls for the reader: their day and wall clock. */
export function localDue(
  due: Due,
  zone: string = localZone(),
): { day: string; time: string | null } {
  if (due.time === null || due.time_zone === null || due.time_zone === zone) {
    return { day: due.date, time: due.time };
  }
  const moment = toZoned(
    parseDateTime(`${due.date}T${due.time}`),
    due.time_zone,
  );
  const [day, time] = toCalendarDateTime(toTimeZone(moment, zone))
    .toString()
    .split('T');
  return { day: day ?? due.date, time: time?.slice(0, 5) ?? due.time };
}

export function dueDay(due: Due): string {
  return localDue(due).day;
}

/** Whole days from one day to another; negative if it is past. */
export function daysBetween(from: string, to: string): number {
  return differenceInCalendarDays(parseISO(to), parseISO(from));
}

/** How to speak of a day: by a word near today, else by weekday or date. */
export type DayWord =
  | { kind: 'yesterday' | 'today' | 'tomorrow' }
  | { kind: 'weekday' | 'date' | 'full'; date: Date };

export function dayWord(day: string, today: string): DayWord {
  const distance = daysBetween(today, day);
  if (distance === 0) {
    return { kind: 'today' };
  }
  if (Math.abs(distance) === 1) {
    return { kind: distance === 1 ? 'tomorrow' : 'yesterday' };
  }
  const date = parseISO(day);
  if (distance > 1 && distance < 7) {
    return { kind: 'weekday', date };
  }
  return {
    kind: day.slice(0, 4) === today.slice(0, 4) ? 'date' : 'full',
    date,
  };
}
