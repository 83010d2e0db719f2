import { expect, test } from 'vitest';
import { withDue } from './withDue.ts';

const DUE = { date: '2026-11-26', time: null, time_zone: null };
const PLAIN = { start: null, recurrence: null };

test('a start after the due day moves to it', () => {
  const start = '2026-11-27';
  expect(withDue({ ...PLAIN, start }, DUE)).toEqual({
    due: DUE,
    start: '2026-11-26',
  });
  expect(withDue({ ...PLAIN, start: DUE.date }, DUE)).toEqual({ due: DUE });
  expect(withDue({ ...PLAIN, start }, null)).toEqual({ due: null });
});

test('what repeats stops without a due day', () => {
  const recurrence = { rrule: 'FREQ=DAILY', from: 'due' } as const;
  const task = { ...PLAIN, recurrence };
  expect(withDue(task, null)).toEqual({ due: null, recurrence: null });
  expect(withDue(task, DUE)).toEqual({ due: DUE });
  expect(withDue(PLAIN, null)).toEqual({ due: null });
});
