import { expect, test } from 'vitest';
import { describeRule } from './describeRule.ts';
import { fromRrule } from './recurrence.ts';
import { formOf, numberIn, recurrenceOf, ruleOf } from './repeatForm.ts';

/** A Thursday, the 4th of its month. */
const DAY = '2026-11-26';

const SHOWN = [
  ['FREQ=DAILY', 'Every day'],
  ['FREQ=DAILY;INTERVAL=3;COUNT=5', 'Every 3 days, 5 times'],
  ['FREQ=WEEKLY', 'Every week'],
  ['FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR', 'Every weekday'],
  ['FREQ=WEEKLY;BYDAY=MO,TH', 'Every Monday and Thursday'],
  [
    'FREQ=WEEKLY;INTERVAL=2;BYDAY=MO;UNTIL=20270131',
    'Every 2 weeks on Monday until 2027-01-31',
  ],
  ['FREQ=MONTHLY', 'Every month'],
  ['FREQ=MONTHLY;BYMONTHDAY=26', 'Every 26th of the month'],
  ['FREQ=MONTHLY;BYMONTHDAY=-1', 'Every last day of the month'],
  ['FREQ=MONTHLY;BYDAY=2TU', 'Every 2nd Tuesday of the month'],
  ['FREQ=MONTHLY;INTERVAL=2;BYDAY=-1FR', 'Every 2 months on the last Friday'],
  ['FREQ=YEARLY', 'Every year'],
  ['FREQ=YEARLY;BYMONTH=11;BYMONTHDAY=26', 'Every year on 26 November'],
  [
    'FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=-1',
    'Every year on the last day of February',
  ],
  [
    'FREQ=YEARLY;BYMONTH=11;BYDAY=4TH',
    'Every year on the 4th Thursday of November',
  ],
] as const;

test.each(SHOWN)('%s has fields, and stays', (rrule, sentence) => {
  const before = { rrule, from: 'completion' } as const;
  const form = formOf(before, DAY);
  expect(form.kind).not.toBe('kept');
  expect(recurrenceOf(form, null)).toEqual(before);
  const rule = ruleOf(form);
  expect(rule && describeRule(rule, (day) => day)).toBe(sentence);
});

test.each([
  'FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13',
  'FREQ=MONTHLY;BYMONTHDAY=1,15',
  'FREQ=MONTHLY;BYMONTHDAY=-2',
  'FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1',
  'FREQ=DAILY;BYMONTH=1',
  'FREQ=YEARLY;BYDAY=2MO',
  'FREQ=YEARLY;BYMONTHDAY=1',
  'FREQ=YEARLY;BYMONTH=2',
  'FREQ=YEARLY;BYWEEKNO=20',
  'FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,SU;WKST=SU',
])('%s has no fields, and stays', (rrule) => {
  const before = { rrule, from: 'due' } as const;
  const form = formOf(before, DAY);
  expect(form.kind).toBe('kept');
  expect(recurrenceOf(form, before)).toEqual(before);
  expect(recurrenceOf({ ...form, kind: 'none' }, before)).toBeNull();
});

test('a week that starts on Monday, or does not matter, is no other rule', () => {
  expect(fromRrule('FREQ=WEEKLY;INTERVAL=2;WKST=MO')).not.toBeNull();
  expect(fromRrule('FREQ=WEEKLY;BYDAY=SU;WKST=SU')).not.toBeNull();
});

test('the fields suit the due day', () => {
  expect(formOf(null, DAY)).toMatchObject({
    kind: 'none',
    day: '26',
    nth: 4,
    weekday: 'TH',
    month: 11,
  });
});

test.each([
  { kind: 'DAILY', interval: '' },
  { kind: 'DAILY', interval: '1.5' },
  { kind: 'DAILY', interval: '1001' },
  { kind: 'MONTHLY', place: 'day', day: '32' },
  { kind: 'DAILY', end: 'count', count: '0' },
  { kind: 'DAILY', end: 'until', until: '' },
] as const)('%o is not stored', (fields) => {
  const form = { ...formOf(null, DAY), ...fields };
  expect(recurrenceOf(form, null)).toBeUndefined();
});

test('numbers have the limits of the server', () => {
  expect(numberIn('interval', '1000')).toBe(1000);
  expect(numberIn('count', '10000')).toBe(10_000);
  expect(numberIn('count', '10001')).toBeNull();
  expect(numberIn('day', ' 7 ')).toBe(7);
});
