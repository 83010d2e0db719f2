import { readJson, request } from './client.ts';
import { NetworkProblem } from './problem.ts';
import type { AnyRecord, Write } from './types.ts';

/**
 * Sends one write, once. Resolves to the stored record, or null where the
 * answer has none.
 */
export async function sendWrite(
  write: Write,
  key: string,
  version: number | undefined,
  signal?: AbortSignal,
): Promise<AnyRecord | null> {
  const { kind, id, op } = write;
  const all = `/api/${kind}s`;
  const one = kind === 'user' ? '/api/me' : `${all}/${id}`;
  const options = { key, signal };
  switch (op.type) {
    case 'create':
      return readJson(
        await request('POST', all, { ...options, body: op.body }),
      );
    case 'update':
      return readJson(
        await request('PATCH', one, { ...options, body: op.patch, version }),
      );
    case 'restore':
      return readJson(await request('POST', `${one}/restore`, options));
    case 'delete': {
      // Whatever was changed elsewhere meanwhile: it can be undone.
      const answer = await request('DELETE', one, options);
      if (answer.status !== 204) {
        throw new NetworkProblem();
      }
      return null;
    }
  }
}
