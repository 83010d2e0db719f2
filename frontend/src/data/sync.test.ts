import 'fake-indexeddb/auto';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { ApiProblem } from '@/api/problem.ts';
import type { Patch, User, Write } from '@/api/types.ts';
import { type Local, openLocal } from './db.ts';
import { FakeServer, USER } from './fakeServer.ts';
import {
  discardEntry,
  enqueue,
  enqueueAll,
  resolveConflict,
  retryEntry,
} from './outbox.ts';
import { receive } from './replica.ts';
import { Sync } from './sync.ts';

let db: Local;
let server: FakeServer;
let control: AbortController;
let sync: Sync;
let ended: unknown[];
let count = 0;

beforeEach(() => {
  count += 1;
  db = openLocal(`test-${count}`);
  server = new FakeServer();
  server.put('task', { id: 'a', title: 'Pay rent' });
  ended = [];
});

afterEach(async () => {
  control.abort();
  await db.delete();
});

function start(): void {
  control = new AbortController();
  sync = new Sync(db, {
    userId: USER.id,
    transport: server,
    verified: false,
    onEnded: (state) => ended.push(state),
    pollMs: () => 60_000,
  });
  void sync.run(control.signal);
}

/** The engine has nothing left that it could do. */
async function settled(): Promise<void> {
  sync.wake('pull');
  await vi.waitFor(async () => {
    const queued = db.outbox.where('state.type').equals('queued');
    expect(await queued.count()).toBe(0);
    expect(await db.meta.get('link')).toBe('up');
    expect(await db.meta.get('feed')).toBe(server.token());
  });
}

async function ready(): Promise<void> {
  start();
  await settled();
}

function change(patch: Patch, before?: Patch): Promise<void> {
  const write: Write = { kind: 'task', id: 'a', op: { type: 'update', patch } };
  return enqueue(db, write, { before });
}

function act(kind: 'task' | 'list', id: string, op: Write['op']) {
  return enqueue(db, { kind, id, op });
}

const shown = () => db.tasks.get('a');

const tasksOf = (id: string) => [server.task(id)].filter((task) => !!task);

test('an older state that comes late changes nothing', async () => {
  const older = tasksOf('a');
  server.put('task', { id: 'a', title: 'Newer' });
  await ready();
  await receive(db, { tasks: older, lists: [] });
  expect((await shown())?.title).toBe('Newer');
});

test('loads everything, and later what has changed', async () => {
  server.pageSize = 2;
  for (let i = 0; i < 5; i += 1) {
    server.put('task', { id: `t${i}`, title: `Task ${i}` });
  }
  server.put('list', { id: 'home', name: 'Home' });
  await ready();
  expect(await db.tasks.count()).toBe(6);
  expect(await db.lists.count()).toBe(1);
  server.put('task', { id: 'a', notes: 'New' });
  await settled();
  expect((await shown())?.notes).toBe('New');
});

test('a change shows at once and is sent when there is a network', async () => {
  await ready();
  server.isDown = true;
  await change({ title: 'Pay the rent' });
  expect((await shown())?.title).toBe('Pay the rent');
  sync.wake('push');
  await vi.waitFor(async () => expect(await db.meta.get('link')).toBe('down'));
  expect(server.task('a')?.title).toBe('Pay rent');
  server.isDown = false;
  await settled();
  expect(server.task('a')?.title).toBe('Pay the rent');
  expect(await db.bases.count()).toBe(0);
});

test('what was left behind by a closed page is sent by the next', async () => {
  await ready();
  control.abort();
  await act('task', 'b', { type: 'create', body: { id: 'b', title: 'New' } });
  await change({ title: 'Closed' });
  db.close();
  db = openLocal(`test-${count}`);
  await ready();
  expect(server.task('b')?.title).toBe('New');
  expect(server.task('a')?.title).toBe('Closed');
});

test('a write whose answer is lost is repeated as it was, and done once', async () => {
  await ready();
  server.faults.push('lost');
  await change({ notes: 'Once' });
  await settled();
  const sent = server.log.filter(({ write }) => write.op.type === 'update');
  expect(sent).toHaveLength(2);
  expect(sent[0]).toEqual(sent[1]);
  expect(server.task('a')?.version).toBe(2);
});

test('even when its own effect has come back before', async () => {
  await ready();
  server.faults.push('lost');
  await change({ title: 'Mine' });
  sync.wake('push');
  await vi.waitFor(() => expect(server.log).toHaveLength(1));
  server.put('task', { id: 'a', title: 'Theirs, later' });
  await receive(db, { tasks: tasksOf('a'), lists: [] });
  await settled();
  expect(await db.outbox.count()).toBe(0);
  expect(server.task('a')?.title).toBe('Theirs, later');
  expect((await shown())?.title).toBe('Theirs, later');
});

test('writes go in the order in which they were made', async () => {
  await ready();
  server.isDown = true;
  await act('list', 'home', {
    type: 'create',
    body: { id: 'home', name: 'Home' },
  });
  await change({ list_id: 'home' });
  await change({ title: 'First' });
  await change({ title: 'Second' });
  await act('task', 'a', { type: 'delete' });
  await act('task', 'a', { type: 'restore' });
  server.isDown = false;
  await settled();
  expect(
    server.log.map(({ write: { kind, op } }) => `${kind} ${op.type}`),
  ).toEqual([
    'list create',
    'task update',
    'task update',
    'task update',
    'task delete',
    'task restore',
  ]);
  expect(server.task('a')).toMatchObject({
    title: 'Second',
    list_id: 'home',
    deleted_at: null,
  });
});

test('other fields changed elsewhere merge', async () => {
  await ready();
  await change({ title: 'Mine' });
  server.put('task', { id: 'a', notes: 'Theirs' });
  await settled();
  expect(server.task('a')).toMatchObject({ title: 'Mine', notes: 'Theirs' });
  expect(await shown()).toMatchObject({ title: 'Mine', notes: 'Theirs' });
});

test('of the same plain field the later write wins', async () => {
  await ready();
  await change({ priority: 'high' });
  server.put('task', { id: 'a', priority: 'low' });
  await settled();
  expect(server.task('a')?.priority).toBe('high');
});

async function conflict() {
  await ready();
  server.isDown = true;
  await change({ title: 'Mine' });
  server.put('task', { id: 'a', title: 'Theirs' });
  server.isDown = false;
  await settled();
  const [entry] = await db.outbox.toArray();
  expect(entry?.state).toEqual({
    type: 'conflict',
    theirs: { title: 'Theirs' },
  });
  expect(server.task('a')?.title).toBe('Theirs');
  expect(await shown()).toMatchObject({ title: 'Mine', parked: true });
  return entry?.seq ?? 0;
}

test('the same text changed twice asks; mine can win', async () => {
  const seq = await conflict();
  await resolveConflict(db, seq, 'mine');
  await settled();
  expect(server.task('a')?.title).toBe('Mine');
  expect((await shown())?.parked).toBeUndefined();
});

test('the same text changed twice asks; theirs can win', async () => {
  const seq = await conflict();
  await resolveConflict(db, seq, 'theirs');
  await settled();
  expect(server.task('a')?.title).toBe('Theirs');
  expect((await shown())?.title).toBe('Theirs');
  expect(await db.outbox.count()).toBe(0);
});

test('a text that came before the typing ended is not written over', async () => {
  await ready();
  server.put('task', { id: 'a', title: 'Theirs' });
  await settled();
  await change({ title: 'Mine' }, { title: 'Pay rent' });
  await settled();
  expect(server.task('a')?.title).toBe('Theirs');
  expect((await db.outbox.toArray())[0]?.state.type).toBe('conflict');
});

test('to change a text that waits for a decision is to decide anew', async () => {
  await conflict();
  await change({ title: 'Third', notes: 'More' });
  await settled();
  const entries = await db.outbox.toArray();
  expect(entries).toHaveLength(1);
  expect(entries[0]?.state).toMatchObject({ theirs: { title: 'Theirs' } });
  expect(await shown()).toMatchObject({ title: 'Third', notes: 'More' });
});

const REFUSAL = new ApiProblem(
  422,
  { type: '/problems/invalid', detail: 'Too long.' },
  'r1',
);

test('a refused write comes back with what was typed, others go on', async () => {
  await ready();
  server.faults.push(REFUSAL);
  await change({ title: 'Refused' });
  await change({ notes: 'Fine' });
  await settled();
  const [entry] = await db.outbox.toArray();
  expect(entry).toMatchObject({
    op: { patch: { title: 'Refused' } },
    state: {
      type: 'rejected',
      problem: { status: 422, detail: 'Too long.', requestId: 'r1' },
    },
  });
  expect(server.task('a')).toMatchObject({ title: 'Pay rent', notes: 'Fine' });
  expect(await shown()).toMatchObject({ title: 'Refused', parked: true });
  const firstKey = entry?.key;
  await retryEntry(db, entry?.seq ?? 0);
  expect((await db.outbox.toArray())[0]?.key).not.toBe(firstKey);
  await settled();
  expect(server.task('a')?.title).toBe('Refused');
});

test('a refused write that is discarded leaves the server’s state', async () => {
  await ready();
  server.faults.push(REFUSAL);
  await change({ title: 'Refused' });
  await settled();
  await discardEntry(db, (await db.outbox.toArray())[0]?.seq ?? 0);
  expect(await shown()).toMatchObject({ title: 'Pay rent' });
  expect(await db.bases.count()).toBe(0);
});

test('a newer change of the same field goes in place of a refused one', async () => {
  await ready();
  server.isDown = true;
  await change({ title: 'Refused' });
  await change({ title: 'Good' });
  server.isDown = false;
  server.faults.push(REFUSAL);
  sync.wake('pull');
  await settled();
  expect(server.task('a')?.title).toBe('Good');
  expect(await db.outbox.count()).toBe(0);
});

test('what hangs on a refused create waits, and is mended by a change', async () => {
  await ready();
  server.faults.push(REFUSAL);
  const body = { id: 'home', name: 'x'.repeat(200) };
  await act('list', 'home', { type: 'create', body });
  await change({ list_id: 'home' });
  await change({ title: 'Goes on' });
  sync.wake('push');
  await vi.waitFor(() => expect(server.task('a')?.title).toBe('Goes on'));
  expect(server.task('a')?.list_id).toBeNull();
  expect(await db.outbox.count()).toBe(2);
  await act('list', 'home', { type: 'update', patch: { name: 'Home' } });
  await settled();
  expect(server.list('home')?.name).toBe('Home');
  expect(server.task('a')?.list_id).toBe('home');
});

test('a refused create that is discarded takes along what followed', async () => {
  await ready();
  server.faults.push(REFUSAL);
  await act('task', 'b', { type: 'create', body: { id: 'b', title: 'New' } });
  await act('task', 'b', { type: 'update', patch: { notes: 'x' } });
  sync.wake('push');
  await vi.waitFor(async () =>
    expect((await db.tasks.get('b'))?.parked).toBe(true),
  );
  await discardEntry(db, (await db.outbox.toArray())[0]?.seq ?? 0);
  expect(await db.tasks.get('b')).toBeUndefined();
  expect(await db.outbox.count()).toBe(0);
});

test('a change of what was deleted elsewhere comes back, and can restore', async () => {
  await ready();
  server.isDown = true;
  await change({ title: 'Still wanted' });
  server.put('task', { id: 'a', deleted_at: '2026-11-24T09:00:00.000Z' });
  server.isDown = false;
  await settled();
  const [entry] = await db.outbox.toArray();
  expect(entry?.state).toMatchObject({ problem: { status: 404 } });
  await retryEntry(db, entry?.seq ?? 0);
  await settled();
  expect(server.task('a')).toMatchObject({
    title: 'Still wanted',
    deleted_at: null,
  });
});

test('a deleted list takes its tasks along, and brings them back', async () => {
  server.put('list', { id: 'home', name: 'Home' });
  server.put('task', { id: 'a', list_id: 'home' });
  await ready();
  server.isDown = true;
  await act('list', 'home', { type: 'delete' });
  expect((await shown())?.deleted_at).not.toBeNull();
  server.isDown = false;
  await settled();
  expect((await shown())?.deleted_at).toBe('2026-11-24T09:00:00.000Z');
  await act('list', 'home', { type: 'restore' });
  expect((await shown())?.deleted_at).toBeNull();
  await settled();
  expect(server.task('a')?.deleted_at).toBeNull();
  expect((await shown())?.deleted_at).toBeNull();
});

test('a failing server is asked again, then lets other writes pass', async () => {
  await ready();
  const broken = new ApiProblem(500, { type: '/problems/internal' }, 'r5');
  server.faults.push(broken, broken, broken);
  await change({ title: 'Breaks it' });
  await change({ notes: 'Fine' });
  sync.wake('push');
  await vi.waitFor(() => expect(server.task('a')?.notes).toBe('Fine'), 10_000);
  expect((await db.outbox.toArray())[0]?.state).toMatchObject({
    problem: { status: 500, requestId: 'r5' },
  });
});

test('an answer that is not ours decides nothing', async () => {
  await ready();
  server.faults.push(new ApiProblem(403, {}, null));
  await change({ title: 'From the train' });
  await settled();
  expect(server.task('a')?.title).toBe('From the train');
});

test('an expired token loads everything anew and drops what is gone', async () => {
  server.put('task', { id: 'b', title: 'Purged meanwhile' });
  await ready();
  server.isDown = true;
  await act('task', 'c', { type: 'create', body: { id: 'c', title: 'New' } });
  server.records.delete('task:b');
  server.isExpired = true;
  server.isDown = false;
  await settled();
  expect(await db.tasks.get('b')).toBeUndefined();
  expect(await shown()).toBeDefined();
  expect(await db.tasks.get('c')).toBeDefined();
});

test('an ended session stops all and keeps the outbox', async () => {
  await ready();
  const over = new ApiProblem(401, { type: '/problems/not-signed-in' }, 'r4');
  server.faults.push(over);
  await change({ title: 'Kept' });
  sync.wake('push');
  await vi.waitFor(() => expect(ended).toEqual([null]));
  expect(await db.outbox.count()).toBe(1);
  await ready();
  expect(server.task('a')?.title).toBe('Kept');
});

test('nothing is sent to another person’s account', async () => {
  await ready();
  control.abort();
  await change({ title: 'Private' });
  server.user = { ...USER, id: 'u2' };
  start();
  await vi.waitFor(() => expect(ended).toHaveLength(1));
  expect(server.log).toEqual([]);
  expect(await db.outbox.count()).toBe(1);
});

describe('several tasks', () => {
  const ids = ['a', 'b', 'c'];
  const complete = () =>
    enqueueAll(
      db,
      ids.map((id) => ({
        write: {
          kind: 'task',
          id,
          op: { type: 'update', patch: { completed: true } },
        },
      })),
    );
  const sent = () => server.log.map(({ write: { id }, key }) => [id, key]);

  beforeEach(async () => {
    server.put('task', { id: 'b', title: 'Call Tom' });
    server.put('task', { id: 'c', title: 'Buy milk' });
    await ready();
  });

  test('are sent in one request', async () => {
    await complete();
    await settled();
    expect(server.batches).toEqual([3]);
    expect(ids.map((id) => server.task(id)?.completed)).toEqual(
      ids.map(() => true),
    );
    expect(await db.bases.count()).toBe(0);
  });

  test('are done or refused each by itself', async () => {
    server.put('task', { id: 'a', notes: 'Elsewhere' });
    server.put('task', { id: 'b', deleted_at: '2026-11-24T09:00:00.000Z' });
    await complete();
    await settled();
    expect(server.task('a')).toMatchObject({
      completed: true,
      notes: 'Elsewhere',
    });
    expect(server.task('b')?.completed).toBe(false);
    expect(server.task('c')?.completed).toBe(true);
    const left = await db.outbox.toArray();
    expect(left.map(({ id, state }) => [id, state.type])).toEqual([
      ['b', 'rejected'],
    ]);
  });

  test('are repeated with their keys when no answer comes', async () => {
    server.faults.push('lost');
    await complete();
    await settled();
    expect(server.batches).toEqual([3, 3]);
    expect(sent().slice(3)).toEqual(sent().slice(0, 3));
    expect(ids.map((id) => server.task(id)?.version)).toEqual([2, 2, 2]);
  });

  test('go one by one where the request of all is refused', async () => {
    server.faults.push(
      new ApiProblem(413, { type: '/problems/too-large' }, 'r'),
    );
    await complete();
    await settled();
    expect(server.batches).toEqual([2]);
    expect(ids.map((id) => server.task(id)?.completed)).toEqual(
      ids.map(() => true),
    );
  });

  test('wait where one depends on another, or all are too long', async () => {
    server.isDown = true;
    for (const id of ['x', 'y']) {
      const body = { id, title: id, parent_id: id === 'x' ? null : 'x' };
      await act('task', id, { type: 'create', body });
    }
    for (const id of ids) {
      const patch = { notes: 'ä'.repeat(10_000) };
      await act('task', id, { type: 'update', patch });
    }
    server.isDown = false;
    await settled();
    expect(server.batches).toEqual([3]);
    expect(sent().map(([id]) => id)).toEqual(['x', 'y', 'a', 'b', 'c']);
  });
});

describe('the settings of the account', () => {
  const me = async () => (await db.meta.get('user')) as User;
  const settle = (patch: Patch) =>
    enqueue(db, { kind: 'user', id: USER.id, op: { type: 'update', patch } });
  const elsewhere = (patch: Partial<User>) => {
    server.user = { ...USER, ...server.user, ...patch, version: 7 };
  };

  test('show at once, wait in the outbox, and are sent', async () => {
    await ready();
    server.isDown = true;
    await settle({ week_start: 'sunday' });
    expect((await me()).week_start).toBe('sunday');
    expect(server.user?.week_start).toBe('monday');
    server.isDown = false;
    await settled();
    expect(server.user?.week_start).toBe('sunday');
    expect(await me()).toEqual(server.user);
    expect(await db.bases.count()).toBe(0);
  });

  test('of elsewhere come when the person is back', async () => {
    await ready();
    elsewhere({ time_zone: 'Asia/Tokyo' });
    await settled();
    expect((await me()).time_zone).toBe('UTC');
    sync.wake('look');
    await vi.waitFor(async () =>
      expect((await me()).time_zone).toBe('Asia/Tokyo'),
    );
  });

  test('merge with what was changed elsewhere', async () => {
    await ready();
    elsewhere({ name: 'Anna of elsewhere' });
    await settle({ time_zone: 'Europe/Oslo' });
    await settled();
    expect(server.user).toMatchObject({
      name: 'Anna of elsewhere',
      time_zone: 'Europe/Oslo',
    });
    expect(await me()).toEqual(server.user);
  });

  test('ask which of two names stays', async () => {
    await ready();
    elsewhere({ name: 'Theirs' });
    await settle({ name: 'Mine' });
    await settled();
    const [entry] = await db.outbox.toArray();
    expect(entry?.state).toEqual({
      type: 'conflict',
      theirs: { name: 'Theirs' },
    });
    expect((await me()).name).toBe('Mine');
    await resolveConflict(db, entry?.seq ?? 0, 'theirs');
    expect((await me()).name).toBe('Theirs');
    expect(await db.outbox.count()).toBe(0);
  });
});
