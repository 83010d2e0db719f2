import { newId } from '@/api/ids.ts';
import type { AnyRecord, Patch, Task, Write } from '@/api/types.ts';
import { type Entry, keyOf, type Local } from './db.ts';
import { beforePatch, supersede } from './rebase.ts';
import {
  entriesOf,
  inTransaction,
  keepBases,
  pendingOf,
  redraw,
  shownRecords,
} from './redraw.ts';

/** A write that shall be kept. */
export interface Wanted {
  write: Write;
  /** Of an update: what the texts said when the typing began. */
  before?: Patch;
  /** The Idempotency-Key; what is there already is not added again. */
  key?: string;
}

/** What was done, and what the page showed of it before. */
export interface Done {
  write: Write;
  was: AnyRecord | undefined;
}

/**
 * Shows writes and keeps them until the server has confirmed them: all or, if
 * the browser cannot store them, none. Names each record once.
 */
export function enqueueAll(db: Local, wanted: Wanted[]): Promise<Done[]> {
  return inTransaction(db, async () => {
    const fresh = await missingOf(db, wanted);
    const own = fresh.map(({ write: { kind, id } }) => keyOf(kind, id));
    const shown = await shownRecords(db, own);
    const pending = await pendingOf(db, own);
    const trees = await treesOf(db, fresh, shown);
    const entries: Omit<Entry, 'seq'>[] = [];
    for (const [index, each] of fresh.entries()) {
      const key = own[index] ?? '';
      const parked = (pending.get(key) ?? []).filter(
        (entry) => entry.state.type !== 'queued' && isOf(entry, key),
      );
      const { op } = each.write;
      let before = each.before;
      if (op.type === 'update' && parked.length > 0) {
        if (await foldIntoCreate(db, key, parked, op.patch)) {
          continue;
        }
        before = { ...before, ...(await takeOver(db, parked, op.patch)) };
      }
      const affects = [key, ...(trees.get(key) ?? [])];
      entries.push(entryOf({ ...each, before }, shown.get(key), affects));
    }
    const affected = [...new Set(entries.flatMap(({ affects }) => affects))];
    await keepBases(db, affected);
    await db.outbox.bulkAdd(entries as Entry[]);
    await redraw(db, affected);
    return fresh.map(({ write }, index) => ({
      write,
      was: shown.get(own[index] ?? ''),
    }));
  });
}

/** The same, of one write. */
export async function enqueue(
  db: Local,
  write: Write,
  options: Omit<Wanted, 'write'> = {},
): Promise<void> {
  await enqueueAll(db, [{ write, ...options }]);
}

/** Those that are not in the outbox yet. */
async function missingOf(db: Local, wanted: Wanted[]): Promise<Wanted[]> {
  const keys = wanted.flatMap(({ key }) => key ?? []);
  const kept = new Set(await db.outbox.where('key').anyOf(keys).keys());
  return wanted.filter(({ key }) => !key || !kept.has(key));
}

function entryOf(
  { write, before, key = newId() }: Wanted,
  was: AnyRecord | undefined,
  affects: string[],
): Omit<Entry, 'seq'> {
  const { op } = write;
  return {
    ...write,
    key,
    at: new Date().toISOString(),
    affects,
    before:
      op.type === 'update'
        ? { ...(was && beforePatch(was, op.patch)), ...before }
        : {},
    failures: 0,
    state: { type: 'queued' },
  };
}

/** Whether it is the record's own, and not of the tree that it is in. */
export function isOf({ kind, id }: Entry, key: string): boolean {
  return keyOf(kind, id) === key;
}

/** What goes to the trash, comes back or changes its list with each record. */
async function treesOf(
  db: Local,
  wanted: Wanted[],
  shown: Map<string, AnyRecord>,
): Promise<Map<string, string[]>> {
  const moving = wanted
    .map(({ write }) => write)
    .filter(({ kind, op }) =>
      op.type === 'update'
        ? kind === 'task' && op.patch.list_id !== undefined
        : op.type !== 'create',
    );
  // Most tasks have no subtasks: one look for all.
  const parents = new Set(
    await db.tasks
      .where('parent_id')
      .anyOf(moving.map(({ id }) => id))
      .keys(),
  );
  const trees = new Map<string, string[]>();
  for (const write of moving) {
    if (write.kind === 'list' || parents.has(write.id)) {
      const key = keyOf(write.kind, write.id);
      trees.set(key, await alsoAffected(db, write, shown.get(key)));
    }
  }
  return trees;
}

async function alsoAffected(
  db: Local,
  { kind, id, op }: Write,
  was: AnyRecord | undefined,
): Promise<string[]> {
  const since = (was as Task | undefined)?.deleted_at ?? null;
  const moves = (gone: string | null) =>
    op.type === 'restore'
      ? gone !== null && since !== null && gone >= since
      : gone === null;
  const found = new Set<string>();
  let level =
    kind === 'list'
      ? await db.tasks.where('list_id').equals(id).toArray()
      : await db.tasks.where('parent_id').equals(id).toArray();
  while (level.length > 0) {
    const ids = level
      .filter((task) => moves(task.deleted_at))
      .map((task) => task.id)
      .filter((task) => !found.has(keyOf('task', task)));
    for (const task of ids) {
      found.add(keyOf('task', task));
    }
    level = await db.tasks.where('parent_id').anyOf(ids).toArray();
  }
  return [...found];
}

/** Mends a refused create instead of changing what is not there. */
async function foldIntoCreate(
  db: Local,
  key: string,
  parked: Entry[],
  patch: Patch,
): Promise<boolean> {
  const create = parked.find(({ op }) => op.type === 'create');
  if (create?.op.type !== 'create') {
    return false;
  }
  const body = { ...create.op.body, ...patch };
  await db.outbox.put(again({ ...create, op: { type: 'create', body } }));
  await redraw(db, [key]);
  return true;
}

/** Fields that waited for a decision are decided by being changed again. */
async function takeOver(
  db: Local,
  parked: Entry[],
  patch: Patch,
): Promise<Patch> {
  let taken: Patch = {};
  for (const entry of parked) {
    if (entry.op.type === 'update') {
      const older = { patch: entry.op.patch, before: entry.before };
      const { rest, before } = supersede(older, patch);
      taken = { ...before, ...taken };
      await keepRest(db, entry, rest);
    }
  }
  return taken;
}

/** An update with these fields only; none: it is gone. */
export async function keepRest(
  db: Local,
  entry: Entry,
  rest: Patch,
): Promise<void> {
  if (Object.keys(rest).length === 0) {
    await db.outbox.delete(entry.seq);
  } else {
    await db.outbox.put({
      ...entry,
      key: newId(),
      version: undefined,
      op: { type: 'update', patch: rest },
    });
  }
}

/** An entry that is sent as if for the first time. */
function again(entry: Entry): Entry {
  return {
    ...entry,
    key: newId(),
    version: undefined,
    failures: 0,
    state: { type: 'queued' },
  };
}

/** The person wants it all the same, or has made room for it. */
export function retryEntry(db: Local, seq: number): Promise<void> {
  return decide(db, seq, async (entry) => {
    const gone =
      entry.state.type === 'rejected' &&
      entry.state.problem.status === 404 &&
      entry.op.type === 'update';
    if (gone) {
      // What was deleted elsewhere comes back first.
      await db.outbox.delete(seq);
      const { kind, id } = entry;
      await enqueue(db, { kind, id, op: { type: 'restore' } });
      const { seq: _, ...rest } = again(entry);
      await db.outbox.add(rest);
    } else {
      await db.outbox.put(again(entry));
    }
  });
}

/** The person does not want it any more. */
export function discardEntry(db: Local, seq: number): Promise<void> {
  return decide(db, seq, async (entry) => {
    if (entry.op.type === 'create') {
      // What was done to a thing that will never be goes with it.
      const key = keyOf(entry.kind, entry.id);
      for (const other of await entriesOf(db, key)) {
        if (isOf(other, key)) {
          await db.outbox.delete(other.seq);
        }
      }
    } else {
      await db.outbox.delete(seq);
    }
  });
}

/** Of a text that was changed twice one stays. */
export function resolveConflict(
  db: Local,
  seq: number,
  choice: 'mine' | 'theirs',
): Promise<void> {
  return decide(db, seq, async (entry) => {
    if (entry.state.type !== 'conflict' || entry.op.type !== 'update') {
      return;
    }
    const { theirs } = entry.state;
    if (choice === 'mine') {
      const before = { ...entry.before, ...theirs };
      await db.outbox.put({ ...again(entry), before });
    } else {
      const { rest } = supersede(
        { patch: entry.op.patch, before: entry.before },
        theirs,
      );
      await keepRest(db, { ...entry, state: { type: 'queued' } }, rest);
    }
  });
}

/** Only what waits for a decision can be decided, not what is on its way. */
function decide(
  db: Local,
  seq: number,
  work: (entry: Entry) => Promise<void>,
): Promise<void> {
  return inTransaction(db, async () => {
    const entry = await db.outbox.get(seq);
    if (entry && entry.state.type !== 'queued') {
      await work(entry);
      await redraw(db, entry.affects);
    }
  });
}
