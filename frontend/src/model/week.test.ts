import { expect, test } from 'vitest';
import { localWeekStart } from './week.ts';

test.each([
  ['en-GB', 'monday'],
  ['en-US', 'sunday'],
  ['fa-IR', 'saturday'],
])('the week of %s begins on %s', (tag, day) => {
  expect(localWeekStart(tag)).toBe(day);
});
