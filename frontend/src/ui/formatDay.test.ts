import { expect, test } from 'vitest';
import { formatHeading } from './formatDay.ts';

test('a heading names the year where it is another one', () => {
  expect(formatHeading('2026-12-15', '2026-11-25')).not.toContain('2026');
  expect(formatHeading('2027-06-13', '2026-11-25')).toContain('2027');
});

test('a heading has the word of a day that is near', () => {
  expect(formatHeading('2026-11-26', '2026-11-25')).toMatch(/^Tomorrow · /);
});
