import { send } from './client.ts';

export async function endSession(id: string): Promise<void> {
  await send('DELETE', `/api/sessions/${id}`);
}
