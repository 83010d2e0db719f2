import { expect, test } from 'vitest';
import { newId } from './ids.ts';

test('ids are UUIDs of version 7 that sort by time', () => {
  const time = Date.parse('2026-11-24T10:00:00Z');
  const early = newId(time);
  expect(early).toMatch(
    /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
  );
  expect(Number.parseInt(early.replace('-', '').slice(0, 12), 16)).toBe(time);
  expect(early < newId(time + 1)).toBe(true);
  expect(newId(time)).not.toBe(early);
});
