import type {
  AnyRecord,
  Changes,
  Kind,
  List,
  Task,
  User,
} from '@/api/types.ts';
import {
  type Entry,
  type EntryState,
  keyOf,
  type Local,
  toTaskRow,
} from './db.ts';
import { isOf, keepRest } from './outbox.ts';
import { applyEntry, supersede } from './rebase.ts';
import { entriesOf, inTransaction, redraw } from './redraw.ts';

/** The server keeps what is in the trash for 30 days, then forgets it. */
const TRASH_MS = 30 * 24 * 3600_000;

/** Takes in what the server has; what is known in a newer version stays. */
export function receive(
  db: Local,
  changes: Pick<Changes, 'tasks' | 'lists'>,
): Promise<void> {
  return inTransaction(db, async () => {
    await receiveKind(db, 'task', changes.tasks);
    await receiveKind(db, 'list', changes.lists);
  });
}

/** Takes in the first page of everything; where it is all, news come next. */
export async function receiveFirst(db: Local, page: Changes): Promise<void> {
  await receive(db, page);
  if (!page.more) {
    await db.meta.put(page.next, 'feed');
  }
}

/** Takes in the account, of which no feed of changes tells. */
export function receiveUser(db: Local, user: User): Promise<void> {
  return inTransaction(db, async () => {
    const key = keyOf('user', user.id);
    if (await db.bases.get(key)) {
      await db.bases.put({ key, record: user });
      await redraw(db, [key]);
    } else {
      await db.meta.put(user, 'user');
    }
  });
}

async function receiveKind(
  db: Local,
  kind: 'task' | 'list',
  records: AnyRecord[],
): Promise<void> {
  const ids = records.map((record) => record.id);
  const rows =
    kind === 'task' ? await db.tasks.bulkGet(ids) : await db.lists.bulkGet(ids);
  const bases = await db.bases.bulkGet(ids.map((id) => keyOf(kind, id)));
  const plain: AnyRecord[] = [];
  const waiting: string[] = [];
  for (const [index, record] of records.entries()) {
    const base = bases[index];
    const known = base ? base.record : rows[index];
    if (known && known.version >= record.version) {
      continue;
    }
    if (base) {
      await db.bases.put({ key: base.key, record });
      waiting.push(base.key);
    } else {
      plain.push(record);
    }
  }
  if (kind === 'task') {
    await db.tasks.bulkPut(plain.map((task) => toTaskRow(task as Task)));
  } else {
    await db.lists.bulkPut(plain as List[]);
  }
  await redraw(db, waiting);
}

/** The server has done an entry; `answer` is the record if it told it. */
export function confirm(
  db: Local,
  entry: Entry,
  answer: AnyRecord | null,
): Promise<void> {
  return inTransaction(db, async () => {
    await db.outbox.delete(entry.seq);
    const own = keyOf(entry.kind, entry.id);
    const bases = await db.bases.bulkGet(entry.affects);
    await db.bases.bulkPut(
      bases
        .filter((base) => !!base)
        .map(({ key, record }) => ({
          key,
          record:
            key === own && answer
              ? newer(record, answer)
              : applyEntry(record, entry, key),
        })),
    );
    await redraw(db, entry.affects);
  });
}

/** A repetition is told what was stored the first time. */
function newer(known: AnyRecord | null, told: AnyRecord): AnyRecord {
  return known && known.version >= told.version ? known : told;
}

/**
 * Sets an entry aside for the person to decide. Later changes of the same
 * fields go on in its place.
 */
export function park(
  db: Local,
  entry: Entry,
  state: EntryState,
): Promise<void> {
  return inTransaction(db, async () => {
    let parked: Entry = { ...entry, state };
    const key = keyOf(entry.kind, entry.id);
    for (const later of await entriesOf(db, key)) {
      if (
        later.seq <= entry.seq ||
        !isOf(later, key) ||
        later.op.type !== 'update' ||
        parked.op.type !== 'update'
      ) {
        continue;
      }
      const older = { patch: parked.op.patch, before: parked.before };
      const { rest, before } = supersede(older, later.op.patch);
      await db.outbox.put({ ...later, before: { ...later.before, ...before } });
      parked = { ...parked, op: { type: 'update', patch: rest } };
    }
    await (parked.op.type === 'update'
      ? keepRest(db, parked, parked.op.patch)
      : db.outbox.put(parked));
    await redraw(db, entry.affects);
  });
}

/** After everything was loaded: what the server did not tell is gone. */
export function dropUnseen(db: Local, seen: Set<string>): Promise<void> {
  return inTransaction(db, async () => {
    const based = new Set(await db.bases.toCollection().primaryKeys());
    const isLost = (kind: Kind) => (id: string) =>
      !seen.has(keyOf(kind, id)) && !based.has(keyOf(kind, id));
    const tasks = await db.tasks.toCollection().primaryKeys();
    const lists = await db.lists.toCollection().primaryKeys();
    await db.tasks.bulkDelete(tasks.filter(isLost('task')));
    await db.lists.bulkDelete(lists.filter(isLost('list')));
    // A base that the server has lost: a change of it will be refused.
  });
}

/** What the server has forgotten by now, without a word. */
export async function dropPurged(db: Local): Promise<void> {
  const limit = new Date(Date.now() - TRASH_MS).toISOString();
  await inTransaction(db, async () => {
    const based = new Set(await db.bases.toCollection().primaryKeys());
    await db.tasks
      .where('gone_at')
      .below(limit)
      .filter((task) => !based.has(keyOf('task', task.id)))
      .delete();
    await db.lists
      .filter(
        ({ id, deleted_at: gone }) =>
          gone !== null && gone < limit && !based.has(keyOf('list', id)),
      )
      .delete();
  });
}
