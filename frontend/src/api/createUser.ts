import { sendJson } from './client.ts';
import type { User } from './types.ts';

/** Makes an account; the answer's cookie signs it in. */
export function createUser(
  email: string,
  password: string,
  name: string,
): Promise<User> {
  const body = name === '' ? { email, password } : { email, password, name };
  return sendJson('POST', '/api/users', { body });
}
