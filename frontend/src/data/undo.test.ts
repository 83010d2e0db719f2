import 'fake-indexeddb/auto';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Patch, Task, Write } from '@/api/types.ts';
import { newList, newTask } from '@/model/fresh.ts';
import { type Local, openLocal } from './db.ts';
import { enqueueAll } from './outbox.ts';
import { receive } from './replica.ts';
import { lastAct, remember, takeBack } from './undo.ts';

const AT = '2026-11-23T09:00:00.000Z';
const DUE = { date: '2026-11-30', time: null, time_zone: null };

let db: Local;
let count = 0;

beforeEach(async () => {
  count += 1;
  db = openLocal(`undo-${count}`);
  await onServer({ id: 'a', title: 'Pay rent', tags: ['home'] });
  await onServer({ id: 'b', title: 'Call Anna', parent_id: 'a' });
});

afterEach(() => db.delete());

let version = 0;
const stored = new Map<string, Task>();

/** What another device, or the server itself, has made of a task. */
async function onServer(fields: Partial<Task> & { id: string }): Promise<void> {
  version += 1;
  const known = stored.get(`${count}${fields.id}`) ?? newTask(fields, AT);
  const task = { ...known, ...fields, version };
  stored.set(`${count}${fields.id}`, task);
  await receive(db, { tasks: [task], lists: [] });
}

function act(...writes: Write[]) {
  const done = enqueueAll(
    db,
    writes.map((write) => ({ write })),
  );
  remember(done);
  return done;
}

const op = (id: string, what: Write['op']): Write => ({
  kind: 'task',
  id,
  op: what,
});
const change = (id: string, patch: Patch) => op(id, { type: 'update', patch });

function back() {
  const last = lastAct();
  return last ? takeBack(db, last) : null;
}

const shown = (id: string) => db.tasks.get(id);

test.each<[string, Write, (task: Task | undefined) => unknown, unknown]>([
  ['a title', change('a', { title: 'X' }), (a) => a?.title, 'Pay rent'],
  ['tags', change('a', { tags: ['x'] }), (a) => a?.tags, ['home']],
  ['a date', change('a', { due: DUE }), (a) => a?.due, null],
  ['a check', change('a', { completed: true }), (a) => a?.completed_at, null],
  ['a move', change('a', { list_id: 'l' }), (a) => a?.list_id, null],
  ['a deletion', op('a', { type: 'delete' }), (a) => a?.deleted_at, null],
])('%s is taken back', async (_, write, look, expected) => {
  await act(write);
  expect(look(await shown('a'))).not.toEqual(expected);
  expect(await back()).toMatchObject({ left: 0 });
  expect(look(await shown('a'))).toEqual(expected);
});

test('what was added goes to the trash, what was restored, too', async () => {
  await act(op('n', { type: 'create', body: { id: 'n', title: 'New' } }));
  await back();
  expect((await shown('n'))?.deleted_at).not.toBeNull();
  await act(op('n', { type: 'restore' }));
  expect((await shown('n'))?.deleted_at).toBeNull();
  await back();
  expect((await shown('n'))?.deleted_at).not.toBeNull();
});

test('a list comes back with its tasks', async () => {
  const list = { ...newList({ id: 'l', name: 'Home' }, AT), version: 1 };
  await receive(db, { tasks: [], lists: [list] });
  await onServer({ id: 'c', list_id: 'l' });
  await act({ kind: 'list', id: 'l', op: { type: 'delete' } });
  expect((await shown('c'))?.deleted_at).not.toBeNull();
  await back();
  expect((await shown('c'))?.deleted_at).toBeNull();
  expect((await db.lists.get('l'))?.deleted_at).toBeNull();
});

test('acts are taken back in turn, though the latest is not kept yet', async () => {
  await act(change('a', { title: 'One' }));
  const keeping = enqueueAll(db, [{ write: change('a', { title: 'Two' }) }]);
  let keep = () => {};
  const late = new Promise<void>((resolve) => {
    keep = resolve;
  });
  remember(late.then(() => keeping));
  const backs = [back(), back()];
  await keeping;
  // Long enough for the earlier one, if it did not wait.
  await db.tasks.toArray();
  keep();
  await Promise.all(backs);
  expect((await shown('a'))?.title).toBe('Pay rent');
});

test('several acts are taken back one by one, the latest first', async () => {
  await act(change('a', { title: 'One' }));
  await act(change('a', { title: 'Two' }));
  await back();
  expect((await shown('a'))?.title).toBe('One');
  await back();
  expect((await shown('a'))?.title).toBe('Pay rent');
});

test('an act is taken back while it is not kept yet', async () => {
  void act(change('a', { title: 'One' }));
  await back();
  expect((await shown('a'))?.title).toBe('Pay rent');
});

test('an act on many is one', async () => {
  const before = lastAct();
  await act(change('a', { priority: 'high' }), op('b', { type: 'delete' }));
  expect((await back())?.done).toHaveLength(2);
  expect(await shown('a')).toMatchObject({ priority: 'none' });
  expect(await shown('b')).toMatchObject({ deleted_at: null });
  expect(lastAct()).toBe(before);
});

test('an act is taken back once', async () => {
  await act(change('a', { title: 'One' }));
  const last = lastAct();
  await back();
  expect(last && (await takeBack(db, last))).toBeNull();
});

test('what somebody has changed meanwhile stays', async () => {
  await act(change('a', { title: 'Mine', priority: 'low' }));
  await db.outbox.clear();
  await db.bases.clear();
  await onServer({ id: 'a', title: 'Theirs', priority: 'low' });
  expect(await back()).toMatchObject({ left: 1, done: [{}] });
  expect(await shown('a')).toMatchObject({ title: 'Theirs', priority: 'none' });
});

test('nothing is done to what somebody has deleted meanwhile', async () => {
  await act(change('a', { title: 'Mine' }));
  await db.outbox.clear();
  await db.bases.clear();
  await onServer({ id: 'a', title: 'Mine', deleted_at: AT });
  expect(await back()).toEqual({ left: 1, done: [] });
  expect(await db.outbox.count()).toBe(0);
});

test('an added task that somebody has edited is not thrown away', async () => {
  await act(op('n', { type: 'create', body: { id: 'n', title: 'New' } }));
  await db.outbox.clear();
  await db.bases.clear();
  await onServer({ id: 'n', title: 'New, and more' });
  expect(await back()).toMatchObject({ left: 1 });
  expect((await shown('n'))?.deleted_at).toBeNull();
});

test('a repeating task goes back to the date that it had', async () => {
  const recurrence = { rrule: 'FREQ=DAILY;COUNT=3', from: 'due' as const };
  await onServer({ id: 'a', due: DUE, recurrence });
  await act(change('a', { completed: true }));
  await db.outbox.clear();
  await db.bases.clear();
  await onServer({
    id: 'a',
    completed: false,
    due: { ...DUE, date: '2026-12-01' },
    recurrence: { rrule: 'FREQ=DAILY;COUNT=2', from: 'due' },
  });
  await back();
  expect(await shown('a')).toMatchObject({
    due: DUE,
    recurrence,
    completed: false,
  });
});

test('five hundred at once are one transaction', async () => {
  const ids = Array.from({ length: 500 }, (_, index) => `t${index}`);
  const tasks = ids.map((id) => ({ ...newTask({ id }, AT), version: 1 }));
  await receive(db, { tasks, lists: [] });
  await act(...ids.map((id) => change(id, { completed: true })));
  await back();
  expect(await db.outbox.count()).toBe(1000);
  expect(await db.tasks.filter((task) => task.completed).count()).toBe(0);
});
