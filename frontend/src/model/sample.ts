import type { Task } from '@/api/types.ts';

/** A task for tests: plain but for what is given. */
export function sampleTask(fields: Partial<Task> = {}): Task {
  return {
    id: 'a',
    url: '',
    version: 1,
    title: 'Pay rent',
    notes: '',
    completed: false,
    completed_at: null,
    list_id: null,
    parent_id: null,
    order: 1024,
    priority: 'none',
    tags: [],
    due: null,
    start: null,
    recurrence: null,
    created_at: '2026-11-23T09:00:00.000Z',
    updated_at: '2026-11-23T09:00:00.000Z',
    deleted_at: null,
    ...fields,
  };
}

export function wholeDay(date: string) {
  return { date, time: null, time_zone: null };
}
