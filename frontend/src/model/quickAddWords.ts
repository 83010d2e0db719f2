import { WEEKDAYS, type Weekday } from './recurrence.ts';

/** Words of dates, as parts of expressions. */

export const WEEKDAY =
  '(?:mon(?:day)?|tue(?:s(?:day)?)?|wed(?:s|nesday)?|thu(?:r(?:s(?:day)?)?)?|fri(?:day)?|sat(?:urday)?|sun(?:day)?)';

export const MONTH =
  '(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)';

const MONTHS = [
  'jan',
  'feb',
  'mar',
  'apr',
  'may',
  'jun',
  'jul',
  'aug',
  'sep',
  'oct',
  'nov',
  'dec',
];

const NUMBERS = [
  'zero',
  'one',
  'two',
  'three',
  'four',
  'five',
  'six',
  'seven',
  'eight',
  'nine',
  'ten',
];

export const NUMBER = `(?:\\d{1,3}|an?|${NUMBERS.slice(1).join('|')})`;

const ORDINALS = ['first', 'second', 'third', 'fourth', 'fifth'];

export const ORDINAL = `(?:last|\\d{1,2}(?:st|nd|rd|th)|${ORDINALS.join('|')})`;

export function numberOf(word: string): number {
  if (/^an?$/i.test(word)) {
    return 1;
  }
  const named = NUMBERS.indexOf(word.toLowerCase());
  return named >= 0 ? named : Number.parseInt(word, 10);
}

/** -1 for "last". */
export function ordinalOf(word: string): number {
  const named = ORDINALS.indexOf(word.toLowerCase());
  if (named >= 0) {
    return named + 1;
  }
  return /^last$/i.test(word) ? -1 : Number.parseInt(word, 10);
}

export function weekdayNamed(word: string): Weekday {
  const start = word.slice(0, 2).toUpperCase();
  return WEEKDAYS.find((day) => day === start) ?? 'MO';
}

/** 1 to 12. */
export function monthNamed(word: string): number {
  return MONTHS.indexOf(word.slice(0, 3).toLowerCase()) + 1;
}
