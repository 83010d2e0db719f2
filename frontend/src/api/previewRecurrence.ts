import { readJson, request } from './client.ts';
import type { Due, Task } from './types.ts';

export interface RecurrenceDates {
  dates: string[];
  /** Whether the series goes on after these. */
  more: boolean;
}

interface PreviewOptions {
  due: Due;
  recurrence: NonNullable<Task['recurrence']>;
  /** The day of the first completion. */
  completedOn: string;
  signal: AbortSignal;
}

/** The days that completions lead to, as the server counts them. Once. */
export async function previewRecurrence(
  options: PreviewOptions,
): Promise<RecurrenceDates> {
  const { due, recurrence, completedOn, signal } = options;
  const body = { due, recurrence, completed_on: completedOn, limit: 4 };
  const answer = await request('POST', '/api/recurrence/preview', {
    body,
    signal,
  });
  return readJson(answer);
}
