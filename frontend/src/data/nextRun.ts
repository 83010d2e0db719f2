import { operationOf } from '@/api/sendBatch.ts';
import type { Patch } from '@/api/types.ts';
import type { Entry, Local } from './db.ts';

/** The API takes so many at once; the whole request may have 64 KiB. */
const MAX = 100;
const MAX_BYTES = 48 * 1024;

/**
 * The entries of the outbox that go next, in one request if they are several:
 * what depends on a refused create stays, and none of a run depends on what
 * comes of another one.
 */
export async function nextRun(db: Local): Promise<Entry[]> {
  const refused = await db.outbox
    .where('state.type')
    .equals('rejected')
    .filter((entry) => entry.op.type === 'create')
    .toArray();
  const missing = new Set(refused.map((entry) => entry.id));
  const queued = await db.outbox
    .where('state.type')
    .equals('queued')
    .filter((entry) => !namedIds(entry).some((id) => missing.has(id)))
    .limit(MAX)
    .toArray();
  const run: Entry[] = [];
  const changed = new Set<string>();
  let bytes = 0;
  for (const entry of queued) {
    const own = changedIds(entry);
    const depends = [...namedIds(entry), ...own].some((id) => changed.has(id));
    bytes += sizeOf(entry);
    // There are requests for several tasks only.
    const isTask = entry.kind === 'task';
    if (run.length > 0 && (!isTask || depends || bytes > MAX_BYTES)) {
      break;
    }
    run.push(entry);
    if (!isTask) {
      break;
    }
    for (const id of own) {
      changed.add(id);
    }
  }
  return run;
}

function namedIds({ id, op }: Entry): string[] {
  const patch: Patch =
    op.type === 'create' ? op.body : op.type === 'update' ? op.patch : {};
  return [id, patch.list_id, patch.parent_id].filter(
    (named) => typeof named === 'string',
  );
}

function changedIds({ affects }: Entry): string[] {
  return affects.map((key) => key.slice(key.indexOf(':') + 1));
}

function sizeOf(entry: Entry): number {
  const text = JSON.stringify(operationOf(entry));
  return new TextEncoder().encode(text).length;
}
