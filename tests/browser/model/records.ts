import type { APIRequestContext, Page } from '@playwright/test';
import type { Stored } from './world.ts';

/* Tasks and lists as each side has them, in the same order and shape. */

/** What differs by host, and counts that each side makes for itself. */
const OWN = ['url', 'open', 'total'];

function plain(records: Stored[]): Stored[] {
  return records
    .map((record) => {
      const kept = Object.entries(record).filter(
        ([name, value]) => !OWN.includes(name) && value !== undefined,
      );
      return Object.fromEntries(kept.sort()) as Stored;
    })
    .sort((a, b) => (a.id < b.id ? -1 : 1));
}

export async function ofServer(api: APIRequestContext): Promise<Stored[]> {
  const all = new Map<string, Stored>();
  let since = '';
  for (let more = true; more; ) {
    const answer = await api.get(`/api/changes${since}`);
    const page = await answer.json();
    for (const record of [...page.tasks, ...page.lists] as Stored[]) {
      all.set(record.id, record);
    }
    since = `?since=${encodeURIComponent(page.next)}`;
    more = page.more;
  }
  return plain([...all.values()]);
}

/** Those fields that the server's records have: indexes need others, too. */
export async function ofPage(page: Page, like: Stored[]): Promise<Stored[]> {
  const names = new Set(like.flatMap((record) => Object.keys(record)));
  const { tasks, lists } = await read(page, ['tasks', 'lists']);
  const all = [...(tasks ?? []), ...(lists ?? [])] as Stored[];
  return plain(all).map((record) => {
    const kept = Object.entries(record).filter(([name]) => names.has(name));
    return Object.fromEntries(kept) as Stored;
  });
}

export interface Waiting {
  id: string;
  state: { type: 'queued' | 'rejected' | 'conflict' };
}

export async function waitingIn(page: Page): Promise<Waiting[]> {
  const { outbox } = await read(page, ['outbox']);
  return outbox as Waiting[];
}

function read(page: Page, names: string[]): Promise<Record<string, unknown[]>> {
  return page.evaluate(async (stores) => {
    // Chromium may list none for a moment, while another tab goes.
    const end = Date.now() + 10_000;
    const named = async (): Promise<string> => {
      const all = await indexedDB.databases();
      const found = all.find((each) => each.name?.startsWith('steady-'));
      if (found?.name) {
        return found.name;
      }
      if (Date.now() > end) {
        throw new Error(`No database at ${location}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
      return named();
    };
    const opening = indexedDB.open(await named());
    const db = await new Promise<IDBDatabase>((resolve, reject) => {
      opening.onsuccess = () => resolve(opening.result);
      opening.onerror = () => reject(opening.error);
    });
    const reading = db.transaction(stores);
    const all = stores.map(async (store) => {
      const request = reading.objectStore(store).getAll();
      return new Promise<[string, unknown[]]>((resolve, reject) => {
        request.onsuccess = () => resolve([store, request.result]);
        request.onerror = () => reject(request.error);
      });
    });
    const entries = await Promise.all(all);
    db.close();
    return Object.fromEntries(entries);
  }, names);
}
