import { send } from './client.ts';

/** Only the session of this browser stays. */
export async function endOtherSessions(): Promise<void> {
  await send('DELETE', '/api/sessions');
}
