import { expect, test } from 'vitest';
import { sampleTask, wholeDay } from './sample.ts';
import { sectionsOf } from './sections.ts';

const TODAY = '2026-11-24';

test('today shows what is overdue first', () => {
  const tasks = [
    sampleTask({ id: 'now', due: wholeDay(TODAY) }),
    sampleTask({ id: 'late', due: wholeDay('2026-11-20') }),
  ];
  const sections = sectionsOf({ kind: 'today' }, tasks, TODAY);
  expect(sections.map((section) => section.key)).toEqual(['overdue', 'today']);
  expect(sections[0]?.tasks[0]?.id).toBe('late');
});

test('upcoming goes by day, whole days before times', () => {
  const at = (time: string) => ({
    date: '2026-11-26',
    time,
    time_zone: null,
  });
  const tasks = [
    sampleTask({ id: 'c', due: at('14:00') }),
    sampleTask({ id: 'b', due: at('09:00') }),
    sampleTask({ id: 'd', due: wholeDay('2026-12-01') }),
    sampleTask({ id: 'a', due: wholeDay('2026-11-26') }),
  ];
  const sections = sectionsOf({ kind: 'upcoming' }, tasks, TODAY);
  expect(sections.map((s) => s.tasks.map((task) => task.id))).toEqual([
    ['a', 'b', 'c'],
    ['d'],
  ]);
});

test('a list goes by order, ties by id; nothing is no section', () => {
  const tasks = [
    sampleTask({ id: 'c', order: 2 }),
    sampleTask({ id: 'b', order: 1 }),
    sampleTask({ id: 'a', order: 2 }),
  ];
  const [section] = sectionsOf({ kind: 'inbox' }, tasks, TODAY);
  expect(section?.tasks.map((task) => task.id)).toEqual(['b', 'a', 'c']);
  expect(sectionsOf({ kind: 'inbox' }, [], TODAY)).toEqual([]);
});
