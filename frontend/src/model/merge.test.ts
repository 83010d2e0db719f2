import { expect, test } from 'vitest';
import { clashes, withPatch } from './merge.ts';
import { sampleTask, wholeDay } from './sample.ts';

test('changes of different fields do not clash', () => {
  const base = sampleTask();
  const current = sampleTask({ version: 2, due: wholeDay('2026-11-30') });
  expect(clashes(base, current, { title: 'Pay the rent' })).toEqual([]);
});

test('the same text changed twice clashes, unless to the same', () => {
  const base = sampleTask();
  const current = sampleTask({ version: 2, title: 'Theirs' });
  expect(clashes(base, current, { title: 'Mine' })).toEqual(['title']);
  expect(clashes(base, current, { title: 'Theirs' })).toEqual([]);
});

test('completing stamps the time until the server does', () => {
  expect(
    withPatch(sampleTask(), { completed: true }).completed_at,
  ).not.toBeNull();
  const done = sampleTask({
    completed: true,
    completed_at: '2026-11-24T00:00Z',
  });
  expect(withPatch(done, { completed: false }).completed_at).toBeNull();
  expect(withPatch(done, { title: 'x' }).completed_at).toBe(
    '2026-11-24T00:00Z',
  );
});
