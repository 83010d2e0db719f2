/** Requests are repeated for this long, ms, then the person is told. */
export const RETRY_FOR_MS = 30_000;

const FIRST_DELAY_MS = 300;
const MAX_DELAY_MS = 5_000;

/** Answers after which the same request may succeed: nothing was decided. */
export function isPassing(status: number): boolean {
  return status === 502 || status === 503 || status === 504;
}

/** Reads Retry-After, in seconds or as a date, as ms; null if not given. */
export function retryAfterMs(
  header: string | null,
  now: number = Date.now(),
): number | null {
  if (header === null || header.trim() === '') {
    return null;
  }
  const seconds = Number(header);
  const ms = Number.isFinite(seconds)
    ? seconds * 1000
    : Date.parse(header) - now;
  return Number.isFinite(ms) ? Math.max(0, ms) : null;
}

/**
 * How long to wait, ms, before attempt `attempt` (1 = the first repeat);
 * null when that would exceed the time there is.
 */
export function nextDelay(
  attempt: number,
  elapsedMs: number,
  askedMs: number | null,
  random: () => number = Math.random,
): number | null {
  const ceiling = Math.min(MAX_DELAY_MS, FIRST_DELAY_MS * 2 ** (attempt - 1));
  const jittered = ceiling * (0.5 + random() / 2);
  const delay = askedMs === null ? jittered : askedMs + jittered / 2;
  return elapsedMs + delay > RETRY_FOR_MS ? null : delay;
}
