import { QueryClient } from '@tanstack/react-query';
import { beforeEach, expect, test, vi } from 'vitest';
import { ApiProblem } from '@/api/problem.ts';
import type { Task, TaskPatch } from '@/api/types.ts';
import { sampleTask } from '@/model/sample.ts';
import { findTask, type TaskPages, viewKey } from './taskCache.ts';
import { changeTask, TaskConflict } from './taskWrites.ts';
import { forgetWrites } from './writes.ts';

const updateTask =
  vi.fn<(id: string, patch: TaskPatch, version: number) => Promise<Task>>();
vi.mock('@/api/updateTask.ts', () => ({
  updateTask: (id: string, patch: TaskPatch, version: number) =>
    updateTask(id, patch, version),
}));

let client: QueryClient;
let stored: Task;

/** A server with one task, which checks versions. */
async function serve(_: string, patch: TaskPatch, version: number) {
  if (version !== stored.version) {
    throw new ApiProblem(412, { current: stored }, 'r1');
  }
  stored = { ...stored, ...patch, version: version + 1 };
  return stored;
}

beforeEach(() => {
  forgetWrites();
  updateTask.mockReset().mockImplementation(serve);
  client = new QueryClient();
  stored = sampleTask();
  client.setQueryData<TaskPages>(viewKey({ kind: 'inbox' }), {
    pages: [{ items: [stored], next: null }],
    pageParams: [null],
  });
});

const shown = () => findTask(client, 'a');

test('a change shows before the server has answered', async () => {
  const done = changeTask(client, stored, { title: 'New' });
  expect(shown()?.title).toBe('New');
  await done;
  expect(shown()).toMatchObject({ title: 'New', version: 2 });
});

test('changes of one task go one by one, each on the latest version', async () => {
  const first = changeTask(client, stored, { title: 'New' });
  const second = changeTask(client, stored, { notes: 'Notes' });
  expect(shown()).toMatchObject({ title: 'New', notes: 'Notes' });
  await Promise.all([first, second]);
  expect(updateTask.mock.calls.map(([, , version]) => version)).toEqual([1, 2]);
  expect(shown()).toMatchObject({ title: 'New', notes: 'Notes', version: 3 });
});

test('a failure takes back its own change only', async () => {
  updateTask.mockRejectedValueOnce(new ApiProblem(500, {}, 'r2'));
  const first = changeTask(client, stored, { title: 'Lost' });
  const second = changeTask(client, stored, { notes: 'Kept' });
  await expect(first).rejects.toBeInstanceOf(ApiProblem);
  await second;
  expect(shown()).toMatchObject({ title: 'Pay rent', notes: 'Kept' });
});

test('another field changed elsewhere is merged', async () => {
  stored = { ...stored, version: 5, notes: 'Theirs' };
  await changeTask(client, sampleTask(), { title: 'Mine' });
  expect(stored).toMatchObject({ title: 'Mine', notes: 'Theirs', version: 6 });
});

test('the same field changed elsewhere is a conflict, nothing is lost', async () => {
  stored = { ...stored, version: 5, title: 'Theirs' };
  const failed = changeTask(client, sampleTask(), { title: 'Mine' });
  await expect(failed).rejects.toBeInstanceOf(TaskConflict);
  expect(stored.title).toBe('Theirs');
  expect(shown()).toMatchObject({ title: 'Theirs', version: 5 });
});
