import { connection } from './connection.ts';
import { newId } from './ids.ts';
import { NetworkProblem, readProblem } from './problem.ts';
import { isPassing, nextDelay, retryAfterMs } from './retry.ts';

type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';

export interface RequestOptions {
  body?: unknown;
  /** The version the change is based on: sent as If-Match. */
  version?: number;
  signal?: AbortSignal;
}

/** Longer than the server's own limit for a request (30 s). */
const ATTEMPT_TIMEOUT_MS = 35_000;

/**
 * Sends one request and repeats it, with the same key, while the server
 * does not answer. Throws ApiProblem, NetworkProblem or an AbortError.
 */
export async function send(
  method: Method,
  path: string,
  options: RequestOptions = {},
): Promise<Response> {
  const init = buildInit(method, options);
  const { signal } = options;
  const start = Date.now();
  const first = await tryOnce(path, init, signal);
  if (isDecided(first)) {
    return accept(first);
  }
  connection.started();
  try {
    let answer = first;
    for (let attempt = 1; !isDecided(answer); attempt += 1) {
      const asked = retryAfterMs(answer?.headers.get('Retry-After') ?? null);
      const delay = nextDelay(attempt, Date.now() - start, asked);
      if (delay === null) {
        break;
      }
      await sleep(delay, signal);
      answer = await tryOnce(path, init, signal);
    }
    return await accept(answer);
  } finally {
    connection.ended();
  }
}

function isDecided(answer: Response | null): boolean {
  return answer !== null && !isPassing(answer.status);
}

async function accept(answer: Response | null): Promise<Response> {
  if (answer === null) {
    throw new NetworkProblem();
  }
  if (!answer.ok) {
    throw await readProblem(answer);
  }
  return answer;
}

/** Sends a request whose answer has a JSON body. */
export async function sendJson<T>(
  method: Method,
  path: string,
  options?: RequestOptions,
): Promise<T> {
  const response = await send(method, path, options);
  return (await response.json()) as T;
}

function buildInit(method: Method, options: RequestOptions): RequestInit {
  const headers = new Headers({ Accept: 'application/json' });
  if (method !== 'GET') {
    headers.set('Idempotency-Key', newId());
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

/** null: no answer came. */
async function tryOnce(
  path: string,
  init: RequestInit,
  signal: AbortSignal | undefined,
): Promise<Response | null> {
  const timeout = AbortSignal.timeout(ATTEMPT_TIMEOUT_MS);
  try {
    return await fetch(path, {
      ...init,
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
    });
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof Error) {
      return null;
    }
    throw error;
  }
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
