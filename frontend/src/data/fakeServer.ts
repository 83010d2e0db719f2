import type { SessionState } from '@/api/getSession.ts';
import { ApiProblem, NetworkProblem } from '@/api/problem.ts';
import type { KeyedWrite } from '@/api/sendBatch.ts';
import type {
  AnyRecord,
  Changes,
  List,
  Task,
  User,
  Write,
} from '@/api/types.ts';
import { newList, newTask } from '@/model/fresh.ts';
import { keyOf } from './db.ts';
import type { Transport } from './sync.ts';

export const USER: User = {
  id: 'u1',
  email: 'anna@example.org',
  name: 'Anna',
  role: 'member',
  time_zone: 'UTC',
  week_start: 'monday',
  version: 1,
  created_at: '2026-11-23T09:00:00.000Z',
  updated_at: '2026-11-23T09:00:00.000Z',
};

function refuse(status: number, type: string, more = {}): ApiProblem {
  const body = { type: `/problems/${type}`, detail: type, ...more };
  return new ApiProblem(status, body, `r-${status}`);
}

/**
 * For tests of the engine: keeps versions, keys and a feed as the API does.
 * tests/browser runs the engine against the real one.
 */
export class FakeServer implements Transport {
  readonly records = new Map<string, AnyRecord>();
  /** Each write that arrived, with its key and If-Match. */
  readonly log: { write: Write; key: string; version?: number }[] = [];
  /** How many writes each batch had. */
  readonly batches: number[] = [];
  /** What the next requests meet; `lost`: done, but no answer comes. */
  readonly faults: ('down' | 'lost' | ApiProblem)[] = [];
  isDown = false;
  isExpired = false;
  user: User | null = USER;
  private readonly outcomes = new Map<
    string,
    { print: string; answer: AnyRecord | null }
  >();
  private feed: string[] = [];
  pageSize = 200;

  task(id: string): Task | undefined {
    return this.records.get(keyOf('task', id)) as Task | undefined;
  }

  list(id: string): List | undefined {
    return this.records.get(keyOf('list', id)) as List | undefined;
  }

  /** What the feed of changes ends with now. */
  token(): string {
    return String(this.feed.length);
  }

  /** What another client stores. */
  put(kind: 'task' | 'list', fields: Partial<Task & List> & { id: string }) {
    const key = keyOf(kind, fields.id);
    const known =
      this.records.get(key) ??
      (kind === 'task' ? newTask : newList)(
        { id: fields.id },
        '2026-11-23T09:00:00.000Z',
      );
    const record = { ...known, ...fields, version: known.version + 1 };
    this.records.set(key, record as AnyRecord);
    this.feed.push(key);
  }

  sendWrite = async (write: Write, key: string, version?: number) => {
    const fault = this.meet();
    if (fault instanceof ApiProblem) {
      throw fault;
    }
    this.log.push({ write, key, version });
    const print = this.print(write, version);
    const kept = this.outcomes.get(key);
    if (kept && kept.print !== print) {
      throw refuse(422, 'idempotency-key-reused');
    }
    const answer = kept ? kept.answer : this.perform(write, version);
    this.outcomes.set(key, { print, answer });
    if (fault === 'lost') {
      throw new NetworkProblem();
    }
    return answer;
  };

  sendBatch = async (writes: readonly KeyedWrite[]) => {
    const fault = this.meet();
    if (fault instanceof ApiProblem) {
      throw fault;
    }
    this.batches.push(writes.length);
    const answers: (AnyRecord | ApiProblem | null)[] = [];
    for (const { key, version, ...write } of writes) {
      this.log.push({ write, key, version });
      const kept = this.outcomes.get(key);
      try {
        const answer = kept ? kept.answer : this.perform(write, version);
        this.outcomes.set(key, { print: this.print(write, version), answer });
        answers.push(answer);
      } catch (error) {
        answers.push(error as ApiProblem);
      }
    }
    if (fault === 'lost') {
      throw new NetworkProblem();
    }
    return answers;
  };

  listChanges = async (since: string | null): Promise<Changes> => {
    const fault = this.meet();
    if (fault instanceof ApiProblem) {
      throw fault;
    }
    if (since !== null && this.isExpired) {
      this.isExpired = false;
      throw refuse(410, 'token-expired');
    }
    const start = Number(since ?? 0);
    const end = Math.min(this.feed.length, start + this.pageSize);
    const keys = new Set(this.feed.slice(start, end));
    const all = [...keys].flatMap((key) => this.records.get(key) ?? []);
    return {
      tasks: all.filter((record) => 'title' in record),
      lists: all.filter((record) => 'color' in record),
      next: String(end),
      more: end < this.feed.length,
    };
  };

  getSession = async (): Promise<SessionState> => {
    this.meet();
    return { user: this.user, canSignOut: true, registration: 'closed' };
  };

  private print({ kind, id, op }: Write, version?: number): string {
    return JSON.stringify([kind, id, op, version]);
  }

  private meet() {
    const fault = this.faults.shift();
    if (this.isDown || fault === 'down') {
      throw new NetworkProblem();
    }
    return fault;
  }

  private perform({ kind, id, op }: Write, version?: number) {
    if (kind === 'user') {
      return this.changeUser(op, version);
    }
    const known = this.records.get(keyOf(kind, id));
    if (op.type === 'create') {
      if (!known) {
        this.put(kind, op.body);
      }
      return this.records.get(keyOf(kind, id)) ?? null;
    }
    if (!known || (op.type === 'update' && (known as Task).deleted_at)) {
      throw refuse(404, 'not-found');
    }
    if (op.type === 'update') {
      if (version !== undefined && version !== known.version) {
        throw refuse(412, 'stale', { current: known });
      }
      this.put(kind, { id, ...op.patch });
      this.follow(id, op.patch.list_id);
    } else {
      this.bury(kind, id, op.type === 'delete');
    }
    return op.type === 'delete'
      ? null
      : (this.records.get(keyOf(kind, id)) ?? null);
  }

  private changeUser(op: Write['op'], version?: number): User {
    if (op.type !== 'update' || !this.user) {
      throw refuse(404, 'not-found');
    }
    if (version !== undefined && version !== this.user.version) {
      throw refuse(412, 'stale');
    }
    const next = { ...this.user, ...op.patch, version: this.user.version + 1 };
    this.user = next;
    return next;
  }

  private follow(parent: string, list: string | null | undefined): void {
    for (const task of [...this.records.values()] as Task[]) {
      if (task.parent_id === parent && list !== undefined) {
        this.put('task', { id: task.id, list_id: list });
        this.follow(task.id, list);
      }
    }
  }

  private bury(kind: 'task' | 'list', id: string, isGone: boolean): void {
    const gone = { deleted_at: isGone ? '2026-11-24T09:00:00.000Z' : null };
    this.put(kind, { id, ...gone });
    for (const task of [...this.records.values()] as Task[]) {
      if (kind === 'list' && task.list_id === id) {
        this.put('task', { id: task.id, ...gone });
      }
    }
  }
}
