import { ApiProblem, NetworkProblem } from './problem.ts';

/** Requests are repeated for this long, ms, then the person is told. */
export const RETRY_FOR_MS = 30_000;

const FIRST_DELAY_MS = 300;
const MAX_DELAY_MS = 5_000;

/** Whether the same request may succeed later: nothing was decided. */
export function isPassing(error: unknown): boolean {
  return (
    error instanceof NetworkProblem ||
    (error instanceof ApiProblem && [502, 503, 504].includes(error.status))
  );
}

/** How long to wait, ms, before attempt `attempt` (1 = the first repeat). */
export function backOff(
  attempt: number,
  maxMs: number,
  askedMs: number | null,
  random: () => number = Math.random,
): number {
  const ceiling = Math.min(maxMs, FIRST_DELAY_MS * 2 ** (attempt - 1));
  const jittered = ceiling * (0.5 + random() / 2);
  return askedMs === null ? jittered : askedMs + jittered / 2;
}

/** The same; null when that would exceed the time there is. */
export function nextDelay(
  attempt: number,
  elapsedMs: number,
  askedMs: number | null,
  random: () => number = Math.random,
): number | null {
  const delay = backOff(attempt, MAX_DELAY_MS, askedMs, random);
  return elapsedMs + delay > RETRY_FOR_MS ? null : delay;
}
