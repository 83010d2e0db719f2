import { takeEarly } from './early.ts';
import { newId } from './ids.ts';
import { ApiProblem, NetworkProblem, readProblem } from './problem.ts';
import { isPassing, nextDelay } from './retry.ts';

type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';

export interface RequestOptions {
  body?: unknown;
  /** The version the change is based on: sent as If-Match. */
  version?: number;
  /** The Idempotency-Key of a write. */
  key?: string;
  signal?: AbortSignal;
}

/** Longer than the server's own limit for a request (30 s). */
const ATTEMPT_TIMEOUT_MS = 35_000;

/** Sends one request, once. Throws ApiProblem, NetworkProblem, AbortError. */
export async function request(
  method: Method,
  path: string,
  options: RequestOptions = {},
): Promise<Response> {
  const { signal } = options;
  const timeout = AbortSignal.timeout(ATTEMPT_TIMEOUT_MS);
  let answer: Response;
  try {
    answer =
      (method === 'GET' && (await takeEarly(path))) ||
      (await fetch(path, {
        ...buildInit(method, options),
        signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
      }));
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof Error) {
      throw new NetworkProblem();
    }
    throw error;
  }
  if (!answer.ok) {
    throw await readProblem(answer);
  }
  return answer;
}

/** Sends a request, again with the same key while nothing is decided. */
export function send(
  method: Method,
  path: string,
  options: RequestOptions = {},
): Promise<Response> {
  const key = newId();
  return repeat(
    () => request(method, path, { key, ...options }),
    options.signal,
  );
}

/** Repeats what fails for a passing reason, for half a minute. */
export async function repeat<T>(
  attempt: () => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  const start = Date.now();
  for (let count = 1; ; count += 1) {
    try {
      return await attempt();
    } catch (error) {
      const asked = error instanceof ApiProblem ? error.retryAfterMs : null;
      const delay = isPassing(error)
        ? nextDelay(count, Date.now() - start, asked)
        : null;
      if (delay === null) {
        throw error;
      }
      await sleep(delay, signal);
    }
  }
}

/** Sends a request whose answer has a JSON body. */
export async function sendJson<T>(
  method: Method,
  path: string,
  options?: RequestOptions,
): Promise<T> {
  return readJson(await send(method, path, options));
}

/** A body that is cut, or a hotel's page in its place, is no answer. */
export async function readJson<T>(response: Response): Promise<T> {
  try {
    return (await response.json()) as T;
  } catch {
    throw new NetworkProblem();
  }
}

function buildInit(method: Method, options: RequestOptions): RequestInit {
  const headers = new Headers({ Accept: 'application/json' });
  if (method !== 'GET') {
    headers.set('Idempotency-Key', options.key ?? newId());
    headers.set(
      'Content-Type',
      method === 'PATCH' ? 'application/merge-patch+json' : 'application/json',
    );
  }
  if (options.version !== undefined) {
    headers.set('If-Match', `"${options.version}"`);
  }
  return {
    method,
    headers,
    body: options.body === undefined ? null : JSON.stringify(options.body),
    credentials: 'same-origin',
    cache: 'no-store',
  };
}

function sleep(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms);
    signal?.addEventListener('abort', () => {
      clearTimeout(timer);
      reject(signal.reason);
    });
  });
}
