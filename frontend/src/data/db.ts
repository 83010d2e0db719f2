import Dexie, { type EntityTable, type Table } from 'dexie';
import type {
  AnyRecord,
  Kind,
  List,
  Patch,
  Task,
  User,
  Write,
} from '@/api/types.ts';

/**
 * What one person has in this browser: a database for each account.
 *
 * `tasks` and `lists` hold what is shown: the server's state with all that
 * waits in `outbox` put on top. For a record that something waits for, `base`
 * holds the server's state alone.
 */
export interface Local extends Dexie {
  tasks: Table<TaskRow, string>;
  lists: Table<List, string>;
  bases: Table<Base, string>;
  outbox: EntityTable<Entry, 'seq'>;
  meta: Table<Meta[keyof Meta], keyof Meta>;
}

/** What the indexes need beside the task; absent: not in that index. */
export interface TaskRow extends Task {
  /** Open tasks: the list's id, or `INBOX`. */
  place?: string;
  /** Open tasks: the day as it is written, whatever its time zone. */
  due_date?: string;
  /** Open tasks: their tags. */
  open_tags?: string[];
  /** When it was completed, or put into the trash. */
  done_at?: string;
  gone_at?: string;
  /** Whether a change of it waits for the person's decision. */
  parked?: boolean;
}

export interface Base {
  /** As `keyOf` writes it. */
  key: string;
  /** null: the server has no such record yet. */
  record: AnyRecord | null;
}

export type EntryState =
  | { type: 'queued' }
  /** The server refused it. */
  | { type: 'rejected'; problem: Refusal }
  /** The same text was changed elsewhere to what `theirs` says. */
  | { type: 'conflict'; theirs: Patch };

export interface Refusal {
  status: number;
  detail: string;
  requestId: string | null;
}

/** A write that the server has not confirmed. */
export interface Entry extends Write {
  seq: number;
  /** The Idempotency-Key: another one as soon as the body is another. */
  key: string;
  at: string;
  /** Keys of the records that look different because of it. */
  affects: string[];
  /** Of an update: what the fields said when the person changed them. */
  before: Patch;
  /** The If-Match of the first attempt; absent before it. */
  version?: number;
  /** How often the server has failed to say yes or no. */
  failures: number;
  state: EntryState;
}

interface Meta {
  user: User;
  /** Where the next fetch of changes begins; absent: load everything. */
  feed: string;
  link: Link;
}

/** Whether the last attempt reached the server; the leading tab writes it. */
export type Link = 'up' | 'down';

export const INBOX = 'inbox';

const PREFIX = 'steady-';

export function openLocal(userId: string): Local {
  const db = new Dexie(PREFIX + userId) as Local;
  db.version(1).stores({
    tasks:
      'id, [place+order+id], due_date, done_at, gone_at, list_id, parent_id',
    lists: 'id',
    bases: 'key',
    outbox: '++seq, key, *affects, state.type',
    meta: '',
  });
  db.version(2)
    .stores({
      tasks:
        'id, [place+order+id], due_date, *open_tags, done_at, gone_at, list_id, parent_id',
    })
    .upgrade((change) =>
      change
        .table<TaskRow>('tasks')
        .toCollection()
        .modify((row) => {
          Object.assign(row, toTaskRow(row, row.parked));
        }),
    );
  return db;
}

/** The accounts that have something in this browser. */
export async function localUserIds(): Promise<string[]> {
  const names = await Dexie.getDatabaseNames();
  return names
    .filter((name) => name.startsWith(PREFIX))
    .map((name) => name.slice(PREFIX.length));
}

export function keyOf(kind: Kind, id: string): string {
  return `${kind}:${id}`;
}

export function toTaskRow(task: Task, parked = false): TaskRow {
  const kept = task.deleted_at === null;
  const open = kept && !task.completed;
  return {
    ...task,
    place: open ? (task.list_id ?? INBOX) : undefined,
    due_date: open ? task.due?.date : undefined,
    open_tags: open ? task.tags : undefined,
    done_at: kept ? (task.completed_at ?? undefined) : undefined,
    gone_at: task.deleted_at ?? undefined,
    parked: parked || undefined,
  };
}
