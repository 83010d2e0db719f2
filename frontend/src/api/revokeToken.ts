import { send } from './client.ts';

export async function revokeToken(id: string): Promise<void> {
  await send('DELETE', `/api/tokens/${id}`);
}
