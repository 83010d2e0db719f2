import { expect, test } from 'vitest';
import { sampleTask, wholeDay } from './sample.ts';
import { belongs, type View } from './view.ts';

const TODAY = '2026-11-24';
const list: View = { kind: 'list', listId: 'home' };

test('today has what is due or overdue and has started', () => {
  const is = (fields: Parameters<typeof sampleTask>[0]) =>
    belongs({ kind: 'today' }, sampleTask(fields), TODAY);
  expect(is({ due: wholeDay(TODAY) })).toBe(true);
  expect(is({ due: wholeDay('2026-11-01') })).toBe(true);
  expect(is({ due: wholeDay('2026-11-25') })).toBe(false);
  expect(is({ due: wholeDay(TODAY), start: '2026-11-25' })).toBe(false);
  expect(is({ due: wholeDay(TODAY), completed: true })).toBe(false);
  expect(is({})).toBe(false);
});

test('a deleted task is in the trash only', () => {
  const gone = sampleTask({ list_id: 'home', deleted_at: '2026-11-24T00:00Z' });
  expect(belongs({ kind: 'trash' }, gone, TODAY)).toBe(true);
  expect(belongs(list, gone, TODAY)).toBe(false);
  expect(belongs({ kind: 'search', query: 'x' }, gone, TODAY)).toBe(false);
});

test('the inbox has open tasks without a list', () => {
  const inbox: View = { kind: 'inbox' };
  expect(belongs(inbox, sampleTask(), TODAY)).toBe(true);
  expect(belongs(inbox, sampleTask({ list_id: 'home' }), TODAY)).toBe(false);
  expect(belongs(list, sampleTask({ list_id: 'home' }), TODAY)).toBe(true);
  expect(belongs(inbox, sampleTask({ completed: true }), TODAY)).toBe(false);
});
