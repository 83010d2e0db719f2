import { afterEach, expect, test } from 'vitest';
import { GROUPS } from './quickAdd.table.ts';
import { type Parsed, parseQuickAdd } from './quickAdd.ts';

const zone = process.env.TZ;

afterEach(() => {
  process.env.TZ = zone;
});

const CONTEXT = {
  day: null,
  lists: [
    { id: '1', name: 'Work' },
    { id: '2', name: 'Home renovation' },
    { id: '3', name: 'Home' },
  ],
  tags: ['Groceries'],
  rejected: [],
};

function written(parsed: Parsed): string {
  const { due, recurrence, tags, priority, list } = parsed;
  const rest = [
    ...tags.map((tag) => `#${tag}`),
    priority && `!${priority}`,
    list && `@${list.name}`,
    recurrence?.from === 'completion' && 'completion',
  ];
  return [
    parsed.title,
    [due?.date, due?.time].filter(Boolean).join(' '),
    recurrence?.rrule ?? '',
    rest.filter(Boolean).join(' '),
  ]
    .join(' | ')
    .replace(/[ |]+$/, '')
    .replace(/ {2,}/g, ' ');
}

const rows = GROUPS.flatMap(({ now, zone, lines }) =>
  lines
    .trim()
    .split('\n')
    .map((line) => {
      const [text = '', result = text] = line.split(' -> ');
      return { now, zone, text, result };
    }),
);

test('the table has 150 lines, and as many traps as it should', () => {
  const traps = rows.filter(({ text, result }) => text === result);
  expect(rows.length).toBeGreaterThanOrEqual(200);
  expect(traps.length).toBeGreaterThanOrEqual(90);
});

test.each(rows)('$now $text', ({ now, zone, text, result }) => {
  process.env.TZ = zone;
  const parsed = parseQuickAdd(text, { ...CONTEXT, now: new Date(now) });
  expect(written(parsed)).toBe(result);
});

test.each([
  ['tomorrow', 'pay tomorrow 9am', 'pay tomorrow | 2026-11-26 09:00'],
  ['next friday', 'pay next friday', 'pay next friday'],
  ['!high', 'pay 9am #home !high', 'pay !high | 2026-11-26 09:00 | | #home'],
  ['every month', 'pay every month 1 Dec', 'pay every month | 2026-12-01'],
])('what was rejected stays words: %s', (rejected, text, result) => {
  const now = new Date('2026-11-26T08:00');
  const context = { ...CONTEXT, now, rejected: [rejected] };
  expect(written(parseQuickAdd(text, context))).toBe(result);
});

test.each([
  ['call Eve', '2026-12-01', 'call Eve | 2026-12-01'],
  ['call Eve 9am', '2026-12-01', 'call Eve | 2026-12-01 09:00'],
  ['call Eve tomorrow', '2026-12-01', 'call Eve | 2026-11-27'],
  ['call Eve 7am', '2026-11-26', 'call Eve | 2026-11-27 07:00'],
])('a view gives its day where the line has none: %s', (text, day, result) => {
  const now = new Date('2026-11-26T08:00');
  expect(written(parseQuickAdd(text, { ...CONTEXT, now, day }))).toBe(result);
});
