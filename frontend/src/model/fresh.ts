import type { List, Patch, Task } from '@/api/types.ts';

type Fields = Patch & { id: string };

/** A task as the server would make it; version 0: it has not yet. */
export function newTask(fields: Fields, at: string): Task {
  return {
    url: '',
    version: 0,
    title: '',
    notes: '',
    completed: false,
    completed_at: null,
    list_id: null,
    parent_id: null,
    order: Date.parse(at),
    priority: 'none',
    tags: [],
    due: null,
    start: null,
    recurrence: null,
    created_at: at,
    updated_at: at,
    deleted_at: null,
    ...fields,
  };
}

export function newList(fields: Fields, at: string): List {
  return {
    name: '',
    color: null,
    order: Date.parse(at),
    version: 0,
    open: 0,
    total: 0,
    created_at: at,
    updated_at: at,
    deleted_at: null,
    ...fields,
  };
}
