import { newId } from '@/api/ids.ts';
import type { Patch, Write } from '@/api/types.ts';
import { type Entry, keyOf, type Local } from './db.ts';
import { beforePatch, supersede } from './rebase.ts';
import {
  entriesOf,
  inTransaction,
  keepBases,
  redraw,
  shownRecord,
} from './redraw.ts';

interface EnqueueOptions {
  /** Of an update: what the texts said when the typing began. */
  before?: Patch;
  /** The Idempotency-Key; what is there already is not added again. */
  key?: string;
}

/**
 * Shows a write and keeps it until the server has confirmed it. Resolves when
 * it is stored here; rejects if the browser cannot store it.
 */
export function enqueue(
  db: Local,
  write: Write,
  options: EnqueueOptions = {},
): Promise<void> {
  return inTransaction(db, async () => {
    const key = keyOf(write.kind, write.id);
    const { op } = write;
    const { key: once = newId() } = options;
    if ((await db.outbox.where('key').equals(once).count()) > 0) {
      return;
    }
    if (op.type === 'update' && (await foldIntoCreate(db, key, op.patch))) {
      return;
    }
    const affects = [key, ...(await alsoAffected(db, write))];
    await keepBases(db, affects);
    let before: Patch = {};
    if (op.type === 'update') {
      const shown = await shownRecord(db, key);
      before = {
        ...(shown && beforePatch(shown, op.patch)),
        ...options.before,
        ...(await takeOver(db, key, op.patch)),
      };
    }
    await db.outbox.add({
      ...write,
      key: once,
      at: new Date().toISOString(),
      affects,
      before,
      failures: 0,
      state: { type: 'queued' },
    });
    await redraw(db, affects);
  });
}

/** The tasks that go to the trash or come back with another record. */
async function alsoAffected(db: Local, write: Write): Promise<string[]> {
  const { kind, id, op } = write;
  if (op.type !== 'delete' && op.type !== 'restore') {
    return [];
  }
  const since = (await shownRecord(db, keyOf(kind, id)))?.deleted_at ?? null;
  const moves = (gone: string | null) =>
    op.type === 'delete'
      ? gone === null
      : gone !== null && since !== null && gone >= since;
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
  patch: Patch,
): Promise<boolean> {
  const entries = await entriesOf(db, key);
  const create = entries.find(
    ({ op, state }) => op.type === 'create' && state.type === 'rejected',
  );
  if (create?.op.type !== 'create') {
    return false;
  }
  const body = { ...create.op.body, ...patch };
  await db.outbox.put(again({ ...create, op: { type: 'create', body } }));
  await redraw(db, [key]);
  return true;
}

/** Fields that waited for a decision are decided by being changed again. */
async function takeOver(db: Local, key: string, patch: Patch): Promise<Patch> {
  let taken: Patch = {};
  for (const entry of await entriesOf(db, key)) {
    if (entry.op.type === 'update' && entry.state.type !== 'queued') {
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
      for (const other of await entriesOf(db, keyOf(entry.kind, entry.id))) {
        await db.outbox.delete(other.seq);
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
