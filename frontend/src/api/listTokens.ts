import { readJson, request } from './client.ts';
import type { Token } from './types.ts';

/** The person's API tokens, without their secrets. */
export async function listTokens(signal?: AbortSignal): Promise<Token[]> {
  return readJson(await request('GET', '/api/tokens', { signal }));
}
