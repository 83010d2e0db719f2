import { expect, test } from 'vitest';
import { daysFrom, dayWord, localDue, nextWeek } from './dates.ts';

const TODAY = '2026-11-24';

test('a due time with a zone falls on the reader’s day', () => {
  const due = { date: '2026-11-24', time: '23:30', time_zone: 'UTC' };
  expect(localDue(due, 'Asia/Kolkata')).toEqual({
    day: '2026-11-25',
    time: '05:00',
  });
  expect(localDue(due, 'Pacific/Honolulu')).toEqual({
    day: '2026-11-24',
    time: '13:30',
  });
});

test('a due time without a zone floats', () => {
  const due = { date: '2026-11-24', time: '09:00', time_zone: null };
  expect(localDue(due, 'Pacific/Apia')).toEqual({
    day: '2026-11-24',
    time: '09:00',
  });
});

test('days near today have words', () => {
  expect(dayWord(TODAY, TODAY).kind).toBe('today');
  expect(dayWord('2026-11-25', TODAY).kind).toBe('tomorrow');
  expect(dayWord('2026-11-23', TODAY).kind).toBe('yesterday');
  expect(dayWord('2026-11-30', TODAY).kind).toBe('weekday');
  expect(dayWord('2026-12-01', TODAY).kind).toBe('date');
  expect(dayWord('2027-01-01', TODAY).kind).toBe('full');
});

test('counting days crosses months, years and clock changes', () => {
  expect(daysFrom('2026-12-31', 1)).toBe('2027-01-01');
  expect(daysFrom('2026-10-24', 2)).toBe('2026-10-26');
  expect(nextWeek('2026-11-23')).toBe('2026-11-30');
});
