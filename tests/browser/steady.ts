import { writeFile } from 'node:fs/promises';
import {
  type APIRequestContext,
  type Browser,
  type BrowserContext,
  test as base,
  expect,
  type Page,
  type TestInfo,
} from '@playwright/test';
import { findings } from './axe.ts';

export const ACCOUNT = {
  name: 'Anna Lind',
  email: 'anna@example.org',
  password: 'correct horse battery staple',
};

/**
 * A page on which nothing may be refused by the content security policy, go
 * to another host, fail in a script, or open a dialog of the browser.
 */
export const test = base.extend<{ guard: undefined }>({
  guard: [
    async ({ page, baseURL }, use, info) => {
      const wrong: string[] = [];
      page.on('console', (message) => {
        if (
          /content security policy|refused to|requires 'Trusted/i.test(
            message.text(),
          )
        ) {
          wrong.push(`console: ${message.text()}`);
        }
      });
      page.on('pageerror', (error) => wrong.push(`script: ${error.message}`));
      page.on('dialog', (dialog) => {
        wrong.push(`dialog: ${dialog.message()}`);
        void dialog.dismiss();
      });
      page.on('request', (request) => {
        if (new URL(request.url()).origin !== new URL(baseURL ?? '').origin) {
          wrong.push(`third party: ${request.url()}`);
        }
      });
      await use(undefined);
      if (info.status !== info.expectedStatus) {
        await keepDatabase(page, info).catch(() => undefined);
      }
      expect(wrong).toEqual([]);
    },
    { auto: true },
  ],
});

export { expect };

/** Signs in by the API, without the screen for it; the user. */
export async function openSession(page: Page): Promise<{ time_zone: string }> {
  const { email, password } = ACCOUNT;
  const made = await page.request.post('/api/session', {
    data: { email, password },
  });
  expect(made.status()).toBe(201);
  return (await made.json()).user;
}

/** Leads to the inbox: where the form is not what is looked at. */
export async function signIn(page: Page): Promise<void> {
  await openSession(page);
  await page.goto('/inbox');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Inbox');
}

export async function signInByForm(page: Page): Promise<void> {
  await page.goto('/sign-in');
  await page.getByLabel('Email').fill(ACCOUNT.email);
  await page.getByRole('textbox', { name: 'Password' }).fill(ACCOUNT.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Inbox');
}

/** Of a task in a list. (`check()` wants it checked, but its row may go.) */
export async function complete(page: Page, title: string): Promise<void> {
  await page.getByRole('checkbox', { name: `Complete “${title}”` }).click();
}

/** Adds a task in the view that is shown and waits until it is stored. */
export async function add(page: Page, title: string): Promise<void> {
  const stored = page.waitForResponse(
    (answer) =>
      answer.request().method() === 'POST' &&
      new URL(answer.url()).pathname === '/api/tasks',
  );
  const field = page.getByRole('textbox', { name: /^Add a task/ });
  await field.fill(title);
  await field.press('Enter');
  expect((await stored).status()).toBe(201);
  await expect(row(page, title)).toBeVisible();
}

/** The button of a task's row, by the beginning of its title. */
export function row(page: Page, title: string) {
  return page
    .getByRole('listitem')
    .filter({ hasText: title })
    .getByRole('button', { name: title })
    .first();
}

/** The page itself is kept in the browser. */
export async function kept(page: Page): Promise<void> {
  await page.evaluate(async () => {
    await navigator.serviceWorker.ready;
  });
}

/** A change has reached the server, whichever tab has sent it. */
export function patched(page: Page) {
  return page
    .context()
    .waitForEvent(
      'response',
      (answer) => answer.request().method() === 'PATCH' && answer.ok(),
    );
}

/** axe on what is shown, in both themes. */
export async function expectAccessible(page: Page): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    expect(await findings(page), colorScheme).toEqual([]);
  }
}

/** Another device of the same person, with nothing of Steady in it yet. */
export async function otherDevice(
  browser: Browser | null,
  page: Page,
): Promise<BrowserContext> {
  const { cookies } = await page.context().storageState();
  const device = await browser?.newContext({
    storageState: { cookies, origins: [] },
    baseURL: new URL(page.url()).origin,
    locale: 'en-GB',
    viewport: page.viewportSize(),
  });
  if (!device) {
    throw new Error('There is no browser');
  }
  return device;
}

/** Types a task into the view that is shown, whether it can be sent or not. */
export async function type(page: Page, title: string): Promise<void> {
  const field = page.getByRole('textbox', { name: /^Add a task/ });
  await field.fill(title);
  await field.press('Enter');
  await expect(row(page, title)).toBeVisible();
}

export interface StoredTask {
  id: string;
  title: string;
  notes: string;
  completed: boolean;
  list_id: string | null;
  version: number;
  deleted_at: string | null;
}

/** All that the server has, the trash too, by id. */
export async function onServer(api: APIRequestContext): Promise<StoredTask[]> {
  const all = new Map<string, StoredTask>();
  let since = '';
  for (let more = true; more; ) {
    const answer = await api.get(`/api/changes${since}`);
    expect(answer.status()).toBe(200);
    const page = await answer.json();
    for (const task of page.tasks as StoredTask[]) {
      all.set(task.id, task);
    }
    since = `?since=${encodeURIComponent(page.next)}`;
    more = page.more;
  }
  return byId([...all.values()]);
}

/** All that a page has in its database. */
export async function inPage(page: Page): Promise<StoredTask[]> {
  return byId((await readStore(page, 'tasks')) as StoredTask[]);
}

/** What of a page's writes the server has not confirmed. */
export function outboxOf(page: Page): Promise<unknown[]> {
  return readStore(page, 'outbox');
}

/** What the page had when its test failed, beside the picture of it. */
async function keepDatabase(page: Page, info: TestInfo): Promise<void> {
  const names = ['tasks', 'bases', 'outbox'];
  const all = await Promise.all(names.map((name) => readStore(page, name)));
  const stores = names.map((name, index) => [name, all[index]]);
  await writeFile(
    info.outputPath('database.json'),
    JSON.stringify(Object.fromEntries(stores), null, 1),
  );
}

function readStore(page: Page, name: string): Promise<unknown[]> {
  return page.evaluate(async (store) => {
    const databases = await indexedDB.databases();
    const found = databases.find((each) => each.name?.startsWith('steady-'));
    return new Promise<unknown[]>((resolve, reject) => {
      const opening = indexedDB.open(found?.name ?? '');
      opening.onerror = () => reject(opening.error);
      opening.onsuccess = () => {
        const db = opening.result;
        const reading = db.transaction(store).objectStore(store).getAll();
        reading.onsuccess = () => {
          db.close();
          resolve(reading.result);
        };
        reading.onerror = () => reject(reading.error);
      };
    });
  }, name);
}

function byId(tasks: StoredTask[]): StoredTask[] {
  return tasks
    .map(({ id, title, notes, completed, list_id, version, deleted_at }) => ({
      id,
      title,
      notes,
      completed,
      list_id,
      version,
      deleted_at,
    }))
    .sort((a, b) => (a.id < b.id ? -1 : 1));
}
