import { readJson, request } from './client.ts';
import { ApiProblem, NetworkProblem, type ProblemBody } from './problem.ts';
import type { AnyRecord, Write } from './types.ts';

/** A write of a task, with its Idempotency-Key and its If-Match. */
export type KeyedWrite = Write & { key: string; version?: number };

interface Result {
  status: number;
  body: AnyRecord | ProblemBody | null;
}

/**
 * Sends up to 100 writes of tasks in one request, once; each is done or
 * refused by itself. Resolves to what sendWrite would have for each, in their
 * order, or the problem that it would have thrown.
 */
export async function sendBatch(
  writes: readonly KeyedWrite[],
  signal?: AbortSignal,
): Promise<(AnyRecord | ApiProblem | null)[]> {
  const body = { operations: writes.map(operationOf) };
  const { results } = await readJson<{ results: Result[] }>(
    await request('POST', '/api/tasks/batch', { body, signal }),
  );
  if (results.length !== writes.length) {
    throw new NetworkProblem();
  }
  return results.map(({ status, body: told }) =>
    status < 300
      ? (told as AnyRecord | null)
      : new ApiProblem(status, told as ProblemBody, null),
  );
}

/** As the request has it: for its size, too. */
export function operationOf({ id, op, key, version }: KeyedWrite): object {
  switch (op.type) {
    case 'create':
      return { action: op.type, key, body: op.body };
    case 'update':
      return { action: op.type, id, key, version, body: op.patch };
    default:
      return { action: op.type, id, key };
  }
}
