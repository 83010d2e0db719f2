import 'fake-indexeddb/auto';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { sampleTask } from '@/model/sample.ts';
import { type Local, openLocal, toTaskRow } from './db.ts';
import { preview, RowSet, type Rows, showArriving } from './rowSet.ts';

const TODAY = '2026-11-26';
let db: Local;
let names = 0;
let leave = () => {};
vi.stubGlobal('reportError', (error: unknown) => {
  throw error;
});

beforeEach(() => {
  names += 1;
  db = openLocal(`rows-${names}`);
});

afterEach(async () => {
  leave();
  await db.delete();
});

function rowsOf(from: number, count: number, list = 'home') {
  return Array.from({ length: count }, (_, index) => {
    const number = from + index;
    const id = `task-${String(number).padStart(4, '0')}`;
    return toTaskRow(sampleTask({ id, list_id: list, order: number }));
  });
}

/** The set, drawn; `seen` has what it has told, in turn. */
function draw(list = 'home') {
  const set = RowSet.of(db, { kind: 'list', listId: list }, TODAY);
  const seen: (Rows | undefined)[] = [];
  leave = set.subscribe(() => seen.push(set.get()));
  const tasks = () => set.get()?.tasks ?? [];
  const idsOf = () => tasks().map(({ id }) => id);
  return { set, seen, tasks, idsOf };
}

test('the first rows are there before all are', async () => {
  await db.tasks.bulkPut([...rowsOf(0, 300), ...rowsOf(300, 9, 'work')]);
  const { seen, idsOf } = draw();
  await vi.waitFor(() => expect(seen.at(-1)?.complete).toBe(true));
  expect(seen[0]?.complete).toBe(false);
  expect(seen[0]?.tasks).toHaveLength(30);
  expect(idsOf()).toEqual(rowsOf(0, 300).map(({ id }) => id));
});

test('what a new database is filled with shows before it can be read', async () => {
  let fill = () => {};
  const wait = new Promise<void>((resolve) => {
    fill = resolve;
  });
  db.on('ready', async (open) => {
    await wait;
    await (open as Local).tasks.bulkPut(rowsOf(0, 2));
  });
  const { idsOf, seen } = draw();
  // The third has gone by the time that it is read.
  const arriving = [...rowsOf(0, 3), ...rowsOf(3, 1, 'work')];
  const shown = showArriving(arriving, wait);
  expect(idsOf()).toEqual(rowsOf(0, 3).map(({ id }) => id));
  expect(seen.at(-1)?.complete).toBe(false);
  leave();
  // Also in a view that is opened meanwhile.
  const work = draw('work');
  expect(work.idsOf()).toEqual(['task-0003']);
  leave();
  const again = draw();
  fill();
  await shown;
  await vi.waitFor(() => expect(again.seen.at(-1)?.complete).toBe(true));
  expect(again.idsOf()).toEqual(rowsOf(0, 2).map(({ id }) => id));
});

test('a change of one row reads one row', async () => {
  await db.tasks.bulkPut(rowsOf(0, 300));
  const { seen, tasks } = draw();
  await vi.waitFor(() => expect(seen.at(-1)?.complete).toBe(true));
  const reading = vi.spyOn(db.tasks, 'bulkGet');
  await db.tasks.update('task-0007', { title: 'Other' });
  await vi.waitFor(() =>
    expect(tasks().find(({ id }) => id === 'task-0007')?.title).toBe('Other'),
  );
  expect(reading.mock.calls).toEqual([[['task-0007']]]);
});

test('many changes at once are all taken in', async () => {
  const { seen, idsOf } = draw();
  await vi.waitFor(() => expect(seen.at(-1)?.complete).toBe(true));
  for (let from = 0; from < 400; from += 100) {
    await db.tasks.bulkPut(rowsOf(from, 100));
  }
  await db.tasks.bulkDelete(rowsOf(0, 100).map(({ id }) => id));
  await vi.waitFor(() => expect(idsOf()).toHaveLength(300));
});

test('who leaves the view is kept as it is now', async () => {
  await db.tasks.bulkPut(rowsOf(0, 3));
  const { seen, tasks } = draw();
  await vi.waitFor(() => expect(seen.at(-1)?.complete).toBe(true));
  const [first] = rowsOf(0, 1);
  await db.tasks.put(toTaskRow({ ...sampleTask(first), list_id: 'work' }));
  await vi.waitFor(() =>
    expect(tasks().map((task) => task.list_id)).toEqual([
      'work',
      'home',
      'home',
    ]),
  );
});

test('a write is shown before it is stored, and goes if it is not', async () => {
  await db.tasks.bulkPut(rowsOf(0, 2));
  const { seen, tasks, idsOf } = draw();
  await vi.waitFor(() => expect(seen.at(-1)?.complete).toBe(true));
  const body = { id: 'new', title: 'New', list_id: 'home', order: -1 };
  const failed = preview([
    { kind: 'task', id: 'new', op: { type: 'create', body } },
    {
      kind: 'task',
      id: 'task-0001',
      op: { type: 'update', patch: { title: 'Other' } },
    },
  ]);
  expect(tasks().map(({ title }) => title)).toContain('Other');
  expect(idsOf()).toContain('new');
  failed();
  await vi.waitFor(() => expect(idsOf()).not.toContain('new'));
  expect(tasks().map(({ title }) => title)).not.toContain('Other');
});
