import { readJson, request } from './client.ts';
import type { Changes } from './types.ts';

/**
 * What changed since a token, or everything. Throws ApiProblem 410 when the
 * token is too old: then everything must be loaded anew.
 */
export async function listChanges(
  since: string | null,
  signal?: AbortSignal,
): Promise<Changes> {
  const query = since === null ? '' : `?${new URLSearchParams({ since })}`;
  return readJson(await request('GET', `/api/changes${query}`, { signal }));
}
