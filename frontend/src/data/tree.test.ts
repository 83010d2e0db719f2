import 'fake-indexeddb/auto';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ApiProblem } from '@/api/problem.ts';
import type { Write } from '@/api/types.ts';
import { type Local, openLocal } from './db.ts';
import { FakeServer, USER } from './fakeServer.ts';
import { discardEntry, enqueueAll } from './outbox.ts';
import { receive } from './replica.ts';
import { Sync } from './sync.ts';
import { hasRow, lineage, readTree } from './tree.ts';
import { lastAct, remember, takeBack } from './undo.ts';

/* Anna's move: to pack is below it, to wash below that. */

let db: Local;
let server: FakeServer;
let count = 0;

beforeEach(async () => {
  count += 1;
  db = openLocal(`tree-${count}`);
  server = new FakeServer();
  server.put('task', { id: 'move', title: 'Move' });
  server.put('task', { id: 'pack', title: 'Pack', parent_id: 'move' });
  server.put('task', { id: 'wash', title: 'Wash', parent_id: 'pack' });
  server.put('list', { id: 'home', name: 'Home' });
  await receive(db, await server.listChanges(null));
});

afterEach(() => db.delete());

function act(id: string, op: Write['op']) {
  const done = enqueueAll(db, [{ write: { kind: 'task', id, op } }]);
  remember(done);
  return done;
}

const change = (id: string, patch: object) =>
  act(id, { type: 'update', patch });

async function synced(): Promise<void> {
  const control = new AbortController();
  const sync = new Sync(db, {
    userId: USER.id,
    transport: server,
    verified: true,
    onEnded: () => undefined,
    pollMs: () => 60_000,
  });
  void sync.run(control.signal);
  await vi.waitFor(async () => {
    const queued = db.outbox.where('state.type').equals('queued');
    expect(await queued.count()).toBe(0);
    expect(await db.meta.get('feed')).toBe(server.token());
  });
  control.abort();
}

const listsShown = async () =>
  (await db.tasks.bulkGet(['move', 'pack', 'wash'])).map(
    (task) => task?.list_id,
  );

test('a task takes all that is below it to another list, and back', async () => {
  await change('move', { list_id: 'home' });
  expect(await listsShown()).toEqual(['home', 'home', 'home']);
  expect((await db.tasks.get('wash'))?.place).toBe('home');
  const last = lastAct();
  await synced();
  expect(server.task('wash')?.list_id).toBe('home');
  expect(await listsShown()).toEqual(['home', 'home', 'home']);
  if (last) {
    await takeBack(db, last);
  }
  expect(await listsShown()).toEqual([null, null, null]);
  await synced();
  expect(server.task('wash')?.list_id).toBeNull();
  expect(await db.bases.count()).toBe(0);
});

test('to complete a task completes nothing below it', async () => {
  await change('move', { completed: true });
  expect(await db.tasks.get('pack')).toMatchObject({ completed: false });
});

test('a deletion takes the tree along, a restore brings it back', async () => {
  await act('move', { type: 'delete' });
  expect((await db.tasks.get('wash'))?.deleted_at).not.toBeNull();
  expect((await readTree(db)).subtasks.size).toBe(0);
  await act('move', { type: 'restore' });
  expect((await db.tasks.get('wash'))?.deleted_at).toBeNull();
});

test('a change of the parent that waits is not one of the subtask', async () => {
  await change('move', { list_id: 'home', title: 'Move house' });
  server.faults.push(new ApiProblem(422, { type: '/problems/x' }, 'r'));
  await synced();
  expect(await db.outbox.toArray()).toMatchObject([
    { id: 'move', state: { type: 'rejected' } },
  ]);
  await change('pack', { title: 'Pack it all' });
  expect(await db.outbox.toArray()).toMatchObject([
    { id: 'move', op: { patch: { title: 'Move house' } } },
    { id: 'pack', before: { title: 'Pack' } },
  ]);
});

test('a refused subtask that is discarded leaves its parent’s move', async () => {
  const body = { id: 'new', title: 'New', parent_id: 'move' };
  await act('new', { type: 'create', body });
  server.faults.push(new ApiProblem(422, { type: '/problems/x' }, 'r'));
  await synced();
  await change('move', { list_id: 'home' });
  const [refused] = await db.outbox.toArray();
  await discardEntry(db, refused?.seq ?? 0);
  expect(await db.outbox.toArray()).toMatchObject([{ id: 'move' }]);
});

test('subtasks are counted by the task that they are below', async () => {
  server.put('task', { id: 'load', parent_id: 'move', completed: true });
  server.put('task', { id: 'gone', parent_id: 'move', deleted_at: 'then' });
  await receive(db, await server.listChanges(null));
  const tree = await readTree(db);
  expect(tree.progress.get('move')).toEqual({ done: 1, total: 2 });
  expect(tree.progress.get('pack')).toEqual({ done: 0, total: 1 });
  expect(lineage(tree, 'wash')).toEqual(['wash', 'pack', 'move']);
  expect(lineage(tree, null)).toEqual([]);
});

test('a list shows a subtask by itself once its parent is not there', async () => {
  const inRow = async (view: 'inbox' | 'today') => {
    const tree = await readTree(db);
    const pack = await db.tasks.get('pack');
    return pack && !hasRow({ kind: view }, tree, pack);
  };
  expect(await inRow('inbox')).toBe(true);
  expect(await inRow('today')).toBe(false);
  await change('move', { completed: true });
  expect(await inRow('inbox')).toBe(false);
  await change('move', { completed: false });
  expect(await inRow('inbox')).toBe(true);
  await change('pack', { parent_id: null });
  expect(await inRow('inbox')).toBe(false);
});
