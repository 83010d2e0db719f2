import type { SessionState } from '@/api/getSession.ts';
import { ApiProblem, NetworkProblem } from '@/api/problem.ts';
import { backOff, isPassing } from '@/api/retry.ts';
import type { KeyedWrite } from '@/api/sendBatch.ts';
import type {
  AnyRecord,
  Changes,
  List,
  Task,
  User,
  Write,
} from '@/api/types.ts';
import { type Entry, keyOf, type Link, type Local } from './db.ts';
import { nextRun } from './nextRun.ts';
import { clashes } from './rebase.ts';
import { inTransaction } from './redraw.ts';
import {
  confirm,
  dropPurged,
  dropUnseen,
  park,
  receive,
  receiveUser,
} from './replica.ts';

/** What the engine asks of the server: one attempt each. */
export interface Transport {
  sendWrite: (
    write: Write,
    key: string,
    version: number | undefined,
    signal?: AbortSignal,
  ) => Promise<AnyRecord | null>;
  /** The same of several tasks: answers, and problems, in their order. */
  sendBatch: (
    writes: readonly KeyedWrite[],
    signal?: AbortSignal,
  ) => Promise<(AnyRecord | ApiProblem | null)[]>;
  listChanges: (since: string | null, signal?: AbortSignal) => Promise<Changes>;
  getSession: (signal?: AbortSignal) => Promise<SessionState>;
}

export interface SyncOptions {
  userId: string;
  transport: Transport;
  /** Whether it is known already that the session is this person's. */
  verified: boolean;
  /** The session has ended, or is somebody else's now. */
  onEnded: (state: SessionState | null) => void;
  /** How long until the server is asked again unasked, ms. */
  pollMs: () => number;
}

/**
 * `push`: something waits in the outbox. `pull`: the server may have news.
 * `look`: the person is back, who they are is asked for, too.
 */
export type Wake = 'push' | 'pull' | 'look';

const MAX_BACK_OFF_MS = 15_000;
/** A write that the server fails on, again and again, lets others pass. */
const MAX_FAILURES = 3;
/** Refusals that say nothing of the write itself. */
const PASSING = [408, 425, 429, 507];

class SessionEnded extends Error {
  readonly state: SessionState | null;

  constructor(state: SessionState | null) {
    super('Session ended');
    this.state = state;
  }
}

/**
 * Sends the outbox in its order and fetches what changed, until stopped. One
 * at a time for each account: the leading tab runs it. (Two would do no harm
 * but work: the server knows each write by its key.)
 */
export class Sync {
  private readonly db: Local;
  private readonly options: SyncOptions;
  private verified: boolean;
  private pullWanted = true;
  private pushWanted = true;
  private wakeNow: ((by: Wake) => void) | null = null;
  /** While everything is loaded anew: what came so far, and how far. */
  private full: { seen: Set<string>; next: string | null } | null = null;

  constructor(db: Local, options: SyncOptions) {
    this.db = db;
    this.options = options;
    this.verified = options.verified;
  }

  wake(by: Wake): void {
    if (by === 'look') {
      this.verified = false;
    }
    if (by !== 'push') {
      this.pullWanted = true;
    }
    this.pushWanted = true;
    this.wakeNow?.(by);
  }

  async run(signal: AbortSignal): Promise<void> {
    for (let attempt = 0; !signal.aborted; ) {
      try {
        await this.round(signal);
        attempt = 0;
        await this.setLink('up');
        if (!this.pushWanted && !this.pullWanted && this.verified) {
          await this.wait(
            this.options.pollMs(),
            ['push', 'pull', 'look'],
            signal,
          );
        }
      } catch (error) {
        if (error instanceof SessionEnded) {
          this.options.onEnded(error.state);
          return;
        }
        attempt += 1;
        await this.recover(error, attempt, signal);
      }
    }
  }

  /** Waits as long as one does after the attempt-th failure in a row. */
  private async recover(
    error: unknown,
    attempt: number,
    signal: AbortSignal,
  ): Promise<void> {
    if (signal.aborted) {
      return;
    }
    if (!(error instanceof NetworkProblem || error instanceof ApiProblem)) {
      reportError(error);
    }
    await this.setLink('down');
    const asked = error instanceof ApiProblem ? error.retryAfterMs : null;
    const delay = backOff(attempt, MAX_BACK_OFF_MS, asked);
    await this.wait(delay, asked === null ? ['pull', 'look'] : [], signal);
  }

  private async round(signal: AbortSignal): Promise<void> {
    await this.verify(signal);
    let busy = true;
    while (busy && !signal.aborted) {
      this.pushWanted = false;
      busy = (await this.pushSome(signal)) || (await this.pullPage(signal));
    }
  }

  /** The outbox must never go to another person's account. */
  private async verify(signal: AbortSignal): Promise<void> {
    if (this.verified) {
      return;
    }
    const state = await this.options.transport.getSession(signal);
    if (state.user?.id !== this.options.userId) {
      throw new SessionEnded(state);
    }
    await receiveUser(this.db, state.user);
    await dropPurged(this.db);
    this.verified = true;
  }

  /** Sends what goes next; false: nothing does. */
  private async pushSome(signal: AbortSignal): Promise<boolean> {
    const run = await nextRun(this.db);
    const ready = await inTransaction(this.db, () => this.prepare(run));
    const [first] = ready;
    if (!first) {
      return run.length > 0;
    }
    if (ready.length === 1 || !(await this.pushBatch(ready, signal))) {
      await this.pushOne(first, signal);
    }
    return true;
  }

  private async pushOne(entry: Entry, signal: AbortSignal): Promise<void> {
    const { key, version } = entry;
    try {
      const { sendWrite } = this.options.transport;
      await this.done(entry, await sendWrite(entry, key, version, signal));
    } catch (error) {
      await this.refused(entry, error);
    }
  }

  /** false: the request itself was refused, and nothing was done. */
  private async pushBatch(
    entries: Entry[],
    signal: AbortSignal,
  ): Promise<boolean> {
    let answers: (AnyRecord | ApiProblem | null)[];
    try {
      answers = await this.options.transport.sendBatch(entries, signal);
    } catch (error) {
      refusalOf(error);
      return false;
    }
    const problems: [Entry, ApiProblem][] = [];
    const done: [Entry, AnyRecord | null][] = [];
    for (const [index, entry] of entries.entries()) {
      const answer = answers[index] ?? null;
      if (answer instanceof ApiProblem) {
        problems.push([entry, answer]);
      } else {
        done.push([entry, answer]);
      }
    }
    if (done.length > 0) {
      await inTransaction(this.db, async () => {
        for (const [entry, answer] of done) {
          await this.done(entry, answer);
        }
      });
    }
    let first: unknown = null;
    for (const [entry, problem] of problems) {
      await this.refused(entry, problem).catch((error: unknown) => {
        first ??= error;
      });
    }
    if (first !== null) {
      throw first;
    }
    return true;
  }

  private async done(entry: Entry, answer: AnyRecord | null): Promise<void> {
    await confirm(this.db, entry, answer);
    // What else the server did to other records, only it knows.
    this.pullWanted ||= entry.affects.length > 1;
  }

  /** Notes the versions that changes are sent on, and parks what clashes. */
  private async prepare(run: Entry[]): Promise<Entry[]> {
    const keys = run.map(({ kind, id }) => keyOf(kind, id));
    const bases = await this.db.bases.bulkGet(keys);
    const ready: Entry[] = [];
    for (const [index, entry] of run.entries()) {
      const record = bases[index]?.record;
      // Repeated as it was sent before: with another If-Match its key would
      // name another request, and what it did already would not be recognised.
      if (entry.op.type !== 'update' || entry.version || !record) {
        ready.push(entry);
        continue;
      }
      const theirs = clashes(entry.before, record, entry.op.patch);
      if (theirs) {
        await park(this.db, entry, { type: 'conflict', theirs });
      } else {
        const { version } = record;
        await this.db.outbox.update(entry.seq, { version });
        ready.push({ ...entry, version });
      }
    }
    return ready;
  }

  private async refused(entry: Entry, reason: unknown): Promise<void> {
    const error = refusalOf(reason);
    const current = await this.currentOf(entry, error);
    if (current) {
      await this.merge(entry, current);
    } else if (error.status === 404 && entry.op.type === 'delete') {
      await confirm(this.db, entry, null);
    } else if (error.status >= 500 && entry.failures + 1 < MAX_FAILURES) {
      await this.db.outbox.update(entry.seq, { failures: entry.failures + 1 });
      throw error;
    } else {
      this.pullWanted = true;
      const { status, requestId } = error;
      const detail =
        error.fields.map((field) => field.detail).join(' ') || error.detail;
      const problem = { status, requestId, detail };
      await park(this.db, entry, { type: 'rejected', problem });
    }
  }

  /** The stored record, where a write was refused for an older one's sake. */
  private async currentOf(
    { kind }: Entry,
    error: ApiProblem,
  ): Promise<AnyRecord | null> {
    if (error.status !== 412) {
      return null;
    }
    if (kind === 'user') {
      return (await this.options.transport.getSession()).user;
    }
    const { current } = error.body;
    return typeof current === 'object' ? (current as AnyRecord | null) : null;
  }

  /** Sends a change once more, on the version that came between. */
  private async merge(entry: Entry, current: AnyRecord): Promise<void> {
    if (entry.kind === 'user') {
      await receiveUser(this.db, current as User);
    } else {
      await receive(this.db, {
        tasks: entry.kind === 'task' ? [current as Task] : [],
        lists: entry.kind === 'list' ? [current as List] : [],
      });
    }
    await this.db.outbox.update(entry.seq, { version: undefined });
  }

  /** Fetches a page of changes; false: there was nothing more to do. */
  private async pullPage(signal: AbortSignal): Promise<boolean> {
    if (!this.pullWanted) {
      return false;
    }
    const feed = ((await this.db.meta.get('feed')) as string) ?? null;
    if (feed === null) {
      this.full ??= { seen: new Set(), next: null };
    }
    const since = this.full ? this.full.next : feed;
    // Before the request: news that come meanwhile are asked for again.
    this.pullWanted = false;
    const page = await this.changes(since, signal);
    if (!page) {
      return true;
    }
    await receive(this.db, page);
    if (this.full) {
      await this.endFull(page);
    } else {
      await this.db.meta.put(page.next, 'feed');
    }
    this.pullWanted ||= page.more;
    return true;
  }

  /** null: the token is too old, everything is loaded anew. */
  private async changes(
    since: string | null,
    signal: AbortSignal,
  ): Promise<Changes | null> {
    try {
      return await this.options.transport.listChanges(since, signal);
    } catch (error) {
      this.pullWanted = true;
      if (refusalOf(error).status === 410) {
        this.full = { seen: new Set(), next: null };
        await this.db.meta.delete('feed');
        return null;
      }
      throw error;
    }
  }

  private async endFull(page: Changes): Promise<void> {
    if (!this.full) {
      return;
    }
    for (const task of page.tasks) {
      this.full.seen.add(keyOf('task', task.id));
    }
    for (const list of page.lists) {
      this.full.seen.add(keyOf('list', list.id));
    }
    this.full.next = page.next;
    if (!page.more) {
      await dropUnseen(this.db, this.full.seen);
      await this.db.meta.put(page.next, 'feed');
      this.full = null;
    }
  }

  private async setLink(link: Link): Promise<void> {
    if ((await this.db.meta.get('link')) !== link) {
      await this.db.meta.put(link, 'link');
    }
  }

  private wait(ms: number, by: Wake[], signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const end = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', end);
        this.wakeNow = null;
        resolve();
      };
      const timer = setTimeout(() => {
        this.pullWanted = true;
        end();
      }, ms);
      signal.addEventListener('abort', end);
      this.wakeNow = (reason) => by.includes(reason) && end();
    });
  }
}

/** What the server has against a request; throws all that is no such answer. */
function refusalOf(error: unknown): ApiProblem {
  if (!(error instanceof ApiProblem) || isLost(error)) {
    throw error;
  }
  if (error.status === 401) {
    throw new SessionEnded(null);
  }
  return error;
}

/** No answer, or none that says anything of the request. */
function isLost(error: unknown): boolean {
  return (
    error instanceof NetworkProblem ||
    isPassing(error) ||
    (error instanceof ApiProblem &&
      (PASSING.includes(error.status) || !error.type.includes('/problems/')))
  );
}
