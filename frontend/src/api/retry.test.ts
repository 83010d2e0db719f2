import { expect, test } from 'vitest';
import { ApiProblem, NetworkProblem } from './problem.ts';
import { isPassing, nextDelay, RETRY_FOR_MS } from './retry.ts';
import { parseRetryAfter } from './retryAfter.ts';

test('only answers that decided nothing are repeated', () => {
  const passes = (status: number) =>
    isPassing(new ApiProblem(status, {}, null));
  expect([502, 503, 504].every(passes)).toBe(true);
  expect([400, 401, 409, 412, 429, 500, 507].some(passes)).toBe(false);
  expect(isPassing(new NetworkProblem())).toBe(true);
  expect(isPassing(new TypeError('a mistake of ours'))).toBe(false);
});

test('Retry-After is read as seconds or as a date', () => {
  const now = Date.parse('2026-11-24T10:00:00Z');
  expect(parseRetryAfter('3', now)).toBe(3000);
  expect(parseRetryAfter('Tue, 24 Nov 2026 10:00:05 GMT', now)).toBe(5000);
  expect(parseRetryAfter('Tue, 24 Nov 2026 09:00:00 GMT', now)).toBe(0);
  expect(parseRetryAfter('soon', now)).toBeNull();
  expect(parseRetryAfter(null, now)).toBeNull();
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
