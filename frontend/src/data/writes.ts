import type { QueryClient } from '@tanstack/react-query';
import type { Task } from '@/api/types.ts';
import { withPatch } from '@/model/merge.ts';
import { noticeSignedOut } from './queryClient.ts';
import {
  dropTask,
  findTask,
  LISTS_KEY,
  putTask,
  TASKS_KEY,
} from './taskCache.ts';

/**
 * The writes to one task go out one after the other, each based on the
 * version that the one before came back with, while the screen shows all
 * of them already.
 */
interface Entry {
  /** What the server has; null before it has created the task. */
  confirmed: Task | null;
  pending: Partial<Task>[];
  tail: Promise<unknown>;
}

/** Views are read again this long after the last write, ms. */
const SETTLE_MS = 1500;

const entries = new Map<string, Entry>();
let settleTimer: ReturnType<typeof setTimeout> | undefined;

/** Shows a change at once and sends it; a failure takes it back. */
export async function writeTask(
  client: QueryClient,
  task: Task,
  patch: Partial<Task>,
  sendIt: (confirmed: Task) => Promise<Task>,
): Promise<Task> {
  // The caller may hold an older state than the one that is shown.
  const shown = findTask(client, task.id) ?? task;
  const entry = entryOf(task.id, shown);
  return run(client, shown, entry, patch, () =>
    sendIt(entry.confirmed ?? shown),
  );
}

/** The same for a task that does not exist yet. */
export async function writeNewTask(
  client: QueryClient,
  task: Task,
  sendIt: () => Promise<Task>,
): Promise<Task> {
  return run(client, task, entryOf(task.id, null), task, sendIt);
}

/** The server's state of a task became known by other means (a 412). */
export function confirmTask(task: Task): void {
  const entry = entries.get(task.id);
  if (entry) {
    entry.confirmed = task;
  }
}

export function forgetWrites(): void {
  entries.clear();
  clearTimeout(settleTimer);
}

function entryOf(id: string, confirmed: Task | null): Entry {
  const known = entries.get(id);
  if (known) {
    return known;
  }
  const entry = { confirmed, pending: [], tail: Promise.resolve() };
  entries.set(id, entry);
  return entry;
}

async function run(
  client: QueryClient,
  shown: Task,
  entry: Entry,
  patch: Partial<Task>,
  sendIt: () => Promise<Task>,
): Promise<Task> {
  clearTimeout(settleTimer);
  void client.cancelQueries({ queryKey: TASKS_KEY });
  entry.pending.push(patch);
  putTask(client, withPatch(shown, patch));
  const mine = entry.tail.then(sendIt);
  entry.tail = mine.catch(() => undefined);
  try {
    const stored = await mine;
    entry.confirmed = stored;
    return stored;
  } catch (error) {
    noticeSignedOut(error);
    throw error;
  } finally {
    finish(client, shown.id, entry, patch);
  }
}

function finish(
  client: QueryClient,
  id: string,
  entry: Entry,
  patch: Partial<Task>,
): void {
  entry.pending = entry.pending.filter((other) => other !== patch);
  if (entry.confirmed) {
    putTask(client, entry.pending.reduce(withPatch, entry.confirmed));
  } else {
    dropTask(client, id);
  }
  if (entry.pending.length === 0) {
    entries.delete(id);
  }
  if (entries.size === 0) {
    settle(client);
  }
}

function settle(client: QueryClient): void {
  clearTimeout(settleTimer);
  settleTimer = setTimeout(() => {
    void client.invalidateQueries({ queryKey: TASKS_KEY });
    void client.invalidateQueries({ queryKey: LISTS_KEY });
  }, SETTLE_MS);
}
