import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { send, sendJson } from './client.ts';
import { ApiProblem, NetworkProblem } from './problem.ts';

const fetchMock = vi.fn<typeof fetch>();

function headersOf(call: number): Headers {
  return new Headers(fetchMock.mock.calls[call]?.[1]?.headers);
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('fetch', fetchMock);
});

afterEach(() => {
  vi.useRealTimers();
  fetchMock.mockReset();
});

test('a lost answer is asked for again with the same key', async () => {
  fetchMock
    .mockRejectedValueOnce(new TypeError('reset'))
    .mockResolvedValueOnce(new Response('', { status: 503 }))
    .mockResolvedValueOnce(Response.json({ id: 'a' }));
  const answer = sendJson('POST', '/api/tasks', { body: { title: 'x' } });
  await vi.runAllTimersAsync();
  expect(await answer).toEqual({ id: 'a' });
  expect(fetchMock).toHaveBeenCalledTimes(3);
  const keys = [0, 1, 2].map((call) => headersOf(call).get('Idempotency-Key'));
  expect(keys[0]).toMatch(/^[0-9a-f-]{36}$/);
  expect(new Set(keys).size).toBe(1);
});

test('two writes have two keys, a read has none', async () => {
  fetchMock.mockImplementation(async () => Response.json({}));
  await send('DELETE', '/api/tasks/a');
  await send('DELETE', '/api/tasks/a');
  await send('GET', '/api/tasks');
  expect(headersOf(0).get('Idempotency-Key')).not.toBe(
    headersOf(1).get('Idempotency-Key'),
  );
  expect(headersOf(2).has('Idempotency-Key')).toBe(false);
});

test('a patch is a merge patch on the version it is based on', async () => {
  fetchMock.mockResolvedValueOnce(Response.json({}));
  await send('PATCH', '/api/tasks/a', { body: { title: 'x' }, version: 7 });
  expect(headersOf(0).get('Content-Type')).toBe('application/merge-patch+json');
  expect(headersOf(0).get('If-Match')).toBe('"7"');
});

test('a refusal is not repeated and carries the request id', async () => {
  fetchMock.mockResolvedValueOnce(
    Response.json(
      { type: '/problems/stale', title: 'Changed', request_id: 'r1' },
      { status: 412 },
    ),
  );
  const problem = await send('PATCH', '/api/tasks/a').catch((e: unknown) => e);
  expect(problem).toBeInstanceOf(ApiProblem);
  expect(problem).toMatchObject({ status: 412, requestId: 'r1' });
  expect(fetchMock).toHaveBeenCalledTimes(1);
});

test('an error without a body takes the id from the header', async () => {
  fetchMock.mockResolvedValueOnce(
    new Response('<html>', { status: 500, headers: { 'X-Request-Id': 'r2' } }),
  );
  await expect(send('GET', '/api/lists')).rejects.toMatchObject({
    requestId: 'r2',
  });
});

test('after half a minute the person is told', async () => {
  fetchMock.mockRejectedValue(new TypeError('reset'));
  const failed = expect(send('GET', '/api/lists')).rejects.toBeInstanceOf(
    NetworkProblem,
  );
  await vi.runAllTimersAsync();
  await failed;
  expect(fetchMock.mock.calls.length).toBeGreaterThan(5);
});

test('what is not wanted any more is not repeated', async () => {
  fetchMock.mockRejectedValue(new TypeError('reset'));
  const control = new AbortController();
  const aborted = expect(
    send('GET', '/api/lists', { signal: control.signal }),
  ).rejects.toMatchObject({ name: 'AbortError' });
  await vi.advanceTimersByTimeAsync(1);
  control.abort();
  await vi.runAllTimersAsync();
  await aborted;
});

test('what was asked for early is taken once', async () => {
  fetchMock.mockImplementation(async () => Response.json('late'));
  vi.stubGlobal('steadyEarly', {
    '/api/session': Promise.resolve(Response.json('early')),
    // Nobody was signed in.
    '/api/changes': Promise.resolve(null),
  });
  const read = (path: string) => sendJson('GET', path);
  expect(await read('/api/session')).toBe('early');
  expect(await read('/api/session')).toBe('late');
  expect(await read('/api/changes')).toBe('late');
  expect(fetchMock).toHaveBeenCalledTimes(2);
});

test('what failed early is asked for again', async () => {
  fetchMock.mockImplementation(async () => Response.json('late'));
  vi.stubGlobal('steadyEarly', {
    '/api/session': Promise.reject(new TypeError('reset')),
  });
  const answer = sendJson('GET', '/api/session');
  await vi.runAllTimersAsync();
  expect(await answer).toBe('late');
});
