import { expect, test } from 'vitest';
import { isPassing, nextDelay, RETRY_FOR_MS, retryAfterMs } from './retry.ts';

test('only answers that decided nothing are repeated', () => {
  expect([502, 503, 504].every(isPassing)).toBe(true);
  expect([400, 401, 409, 412, 429, 500, 507].some(isPassing)).toBe(false);
});

test('Retry-After is read as seconds or as a date', () => {
  const now = Date.parse('2026-11-24T10:00:00Z');
  expect(retryAfterMs('3', now)).toBe(3000);
  expect(retryAfterMs('Tue, 24 Nov 2026 10:00:05 GMT', now)).toBe(5000);
  expect(retryAfterMs('Tue, 24 Nov 2026 09:00:00 GMT', now)).toBe(0);
  expect(retryAfterMs('soon', now)).toBeNull();
  expect(retryAfterMs(null, now)).toBeNull();
});

test('delays grow, jitter, and end after the time there is', () => {
  const least = () => 0;
  const most = () => 1;
  expect(nextDelay(1, 0, null, least)).toBe(150);
  expect(nextDelay(1, 0, null, most)).toBe(300);
  expect(nextDelay(3, 0, null, most)).toBe(1200);
  expect(nextDelay(20, 0, null, most)).toBe(5000);
  expect(nextDelay(1, RETRY_FOR_MS - 100, null, most)).toBeNull();
});

test('what the server asked for is a minimum', () => {
  expect(nextDelay(1, 0, 2000, () => 0)).toBeGreaterThanOrEqual(2000);
  expect(nextDelay(1, 0, RETRY_FOR_MS + 1, () => 0)).toBeNull();
});
