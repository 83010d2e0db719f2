import { formatISO, parseISO } from 'date-fns';
import type { Due } from '@/api/types.ts';
import { locale, t } from '@/i18n/i18n.ts';
import { dayOf, dayWord, localDue } from '@/model/dates.ts';
import type { Section } from '@/model/sections.ts';

const SHAPES = {
  weekday: { weekday: 'long' },
  date: { day: 'numeric', month: 'short' },
  full: { day: 'numeric', month: 'short', year: 'numeric' },
} as const satisfies Record<string, Intl.DateTimeFormatOptions>;

/** "Today", "Friday", "30 Nov" or "30 Nov 2027". */
export function formatDay(day: string, today: string): string {
  const word = dayWord(day, today);
  return 'date' in word
    ? new Intl.DateTimeFormat(locale(), SHAPES[word.kind]).format(word.date)
    : t(`due.${word.kind}`);
}

/** A day as a heading: "Tomorrow · Wed 25 Nov", "Sun, 13 Jun 2027". */
export function formatHeading(day: string, today: string): string {
  const word = dayWord(day, today);
  const shape = word.kind === 'full' ? SHAPES.full : SHAPES.date;
  const date = new Intl.DateTimeFormat(locale(), {
    weekday: 'short',
    ...shape,
  }).format(parseISO(day));
  return 'date' in word ? date : `${t(`due.${word.kind}`)} · ${date}`;
}

export function formatDue(due: Due, today: string): string {
  const { day, time } = localDue(due);
  const text = formatDay(day, today);
  return time === null
    ? text
    : t('due.at', { day: text, time: formatTime(time) });
}

/** "09:00" as the reader's region writes it. */
export function formatTime(time: string): string {
  return new Intl.DateTimeFormat(locale(), { timeStyle: 'short' }).format(
    parseISO(`2000-01-01T${time}`),
  );
}

/** The heading over some tasks; null: none. */
export function formatSection(
  heading: Section['heading'],
  today: string,
): string | null {
  switch (heading.kind) {
    case 'none':
      return null;
    case 'day':
      return formatHeading(heading.day, today);
    default:
      return t(`due.${heading.kind}`);
  }
}

/** An instant in the reader's words: "Today, 14:05". */
export function formatMoment(instant: string, today: string): string {
  const date = new Date(instant);
  return t('due.at', {
    day: formatDay(dayOf(date), today),
    time: formatTime(formatISO(date, { representation: 'time' }).slice(0, 5)),
  });
}

/** "Tuesday 24 November", without a word for it. */
export function formatDate(day: string): string {
  return new Intl.DateTimeFormat(locale(), {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
  }).format(parseISO(day));
}
