import { send } from './client.ts';

/** The account and everything in it, for good. */
export async function deleteMe(password: string): Promise<void> {
  await send('DELETE', '/api/me', { body: { current_password: password } });
}
