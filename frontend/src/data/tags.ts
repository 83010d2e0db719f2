import { useLiveQuery } from 'dexie-react-hooks';
import type { Task } from '@/api/types.ts';
import { liveStore } from './liveStore.ts';
import { local } from './local.ts';
import { changeTasks, tasksById } from './taskWrites.ts';

export interface TagCount {
  name: string;
  /** Open tasks that have it. */
  open: number;
}

/** The tags of open tasks, by name; undefined until they are read. */
export const useTags = liveStore(async (): Promise<TagCount[]> => {
  const { tasks } = local();
  const names = await tasks.orderBy('open_tags').uniqueKeys();
  const counts = await Promise.all(
    names.map((name) => tasks.where('open_tags').equals(name).count()),
  );
  return names
    .map((name, index) => ({ name: String(name), open: counts[index] ?? 0 }))
    .sort((a, b) => a.name.localeCompare(b.name));
});

/**
 * Another name on all tasks that have the tag, also where they have both by
 * then; null takes it off. Resolves to how many tasks there are.
 */
export async function renameTag(
  name: string,
  next: string | null,
): Promise<number> {
  const tagged = await local()
    .tasks.filter(
      (task) => task.deleted_at === null && task.tags.includes(name),
    )
    .toArray();
  if (tagged.length === 0) {
    return 0;
  }
  await changeTasks(
    tagged.map(({ id, tags }) => ({
      id,
      patch: { tags: swap(tags, name, next) },
    })),
  );
  return tagged.length;
}

function swap(tags: string[], name: string, next: string | null): string[] {
  const swapped = tags.map((tag) => (tag === name ? next : tag));
  return [...new Set(swapped.filter((tag) => tag !== null))];
}

/** Some tasks as they are now; undefined until they are read. */
export function useTasksById(ids: readonly string[]): Task[] | undefined {
  return useLiveQuery(() => tasksById(ids), [ids.join()]);
}

/** Tags in use, by name. */
export async function knownTags(): Promise<string[]> {
  return (await local().tasks.orderBy('open_tags').uniqueKeys()).map(String);
}
