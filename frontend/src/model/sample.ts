import type { Task } from '@/api/types.ts';
import { newTask } from './fresh.ts';

/** A task for tests: plain but for what is given. */
export function sampleTask(fields: Partial<Task> = {}): Task {
  const plain = newTask({ id: 'a' }, '2026-11-23T09:00:00.000Z');
  return { ...plain, version: 1, title: 'Pay rent', order: 1024, ...fields };
}

export function wholeDay(date: string) {
  return { date, time: null, time_zone: null };
}
