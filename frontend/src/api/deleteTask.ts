import { send } from './client.ts';

/** To the trash, whatever was changed elsewhere meanwhile: it can be undone. */
export async function deleteTask(id: string): Promise<void> {
  await send('DELETE', `/api/tasks/${id}`);
}
