import { send } from './client.ts';

/** The list and its tasks, to the trash. */
export async function deleteList(id: string): Promise<void> {
  await send('DELETE', `/api/lists/${id}`);
}
