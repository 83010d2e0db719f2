import { send } from './client.ts';

/** All other sessions end with it. */
export async function changePassword(
  current: string,
  password: string,
): Promise<void> {
  const body = { current_password: current, password };
  await send('POST', '/api/me/password', { body });
}
