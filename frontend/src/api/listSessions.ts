import { readJson, request } from './client.ts';
import type { SignedIn } from './types.ts';

/** Where the person is signed in. */
export async function listSessions(signal?: AbortSignal): Promise<SignedIn[]> {
  return readJson(await request('GET', '/api/sessions', { signal }));
}
