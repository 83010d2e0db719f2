import { send } from './client.ts';

export async function deleteSession(): Promise<void> {
  await send('DELETE', '/api/session');
}
