import { sendJson } from './client.ts';
import type { Session } from './types.ts';

export function createSession(
  email: string,
  password: string,
): Promise<Session> {
  return sendJson('POST', '/api/session', { body: { email, password } });
}
