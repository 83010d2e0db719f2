import { sendJson } from './client.ts';
import type { Token, TokenScope } from './types.ts';

/** The only answer that has the secret. */
export function createToken(wanted: {
  name: string;
  scope: TokenScope;
  expires_at: string | null;
}): Promise<Token & { token: string }> {
  return sendJson('POST', '/api/tokens', { body: wanted });
}
