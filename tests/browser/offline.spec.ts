import type { Page } from '@playwright/test';
import {
  add,
  complete,
  expect,
  expectAccessible,
  inPage,
  kept,
  onServer,
  otherDevice,
  outboxOf,
  row,
  signIn,
  signInByForm,
  test,
  type,
} from './steady.ts';

test.beforeEach(async ({ page }) => {
  await signIn(page);
});

const named = async (page: Page, title: string) =>
  (await onServer(page.request)).filter((task) => task.title === title);

const sent = (page: Page) =>
  expect.poll(() => outboxOf(page), { timeout: 30_000 }).toEqual([]);

test('what is done offline survives a reload and arrives once', async ({
  page,
  context,
}) => {
  await kept(page);
  await context.setOffline(true);
  await type(page, 'Typed in a tunnel');
  await expect(
    page.getByRole('button', { name: 'Offline · 1 change kept here' }),
  ).toBeVisible();
  await page.reload();
  await expect(row(page, 'Typed in a tunnel')).toBeVisible();
  await complete(page, 'Typed in a tunnel');
  await expect(row(page, 'Typed in a tunnel')).toBeHidden();
  await page.goto('/completed');
  await expect(row(page, 'Typed in a tunnel')).toBeVisible();
  await page.getByRole('button', { name: /2 changes kept here/ }).click();
  const sheet = page.getByRole('dialog', { name: 'Not on the server yet' });
  await expect(sheet.getByText('Add “Typed in a tunnel”')).toBeVisible();
  await expectAccessible(page);
  await page.keyboard.press('Escape');
  expect(await named(page, 'Typed in a tunnel')).toEqual([]);

  await context.setOffline(false);
  await sent(page);
  await expect(page.getByRole('button', { name: /Offline/ })).toBeHidden();
  const stored = await named(page, 'Typed in a tunnel');
  expect(stored).toMatchObject([{ completed: true }]);
  expect(await inPage(page)).toEqual(await onServer(page.request));
});

test('the service worker keeps the page and nothing of the API', async ({
  page,
}) => {
  await kept(page);
  const urls = await page.evaluate(async () => {
    const names = await caches.keys();
    const all = await Promise.all(
      names.map(async (name) => (await caches.open(name)).keys()),
    );
    return all.flat().map((request) => new URL(request.url).pathname);
  });
  expect(urls).toContain('/index.html');
  expect(urls.filter((path) => path.startsWith('/api'))).toEqual([]);
});

test('two tabs follow each other without the server', async ({
  page,
  context,
}) => {
  const other = await context.newPage();
  await other.goto('/inbox');
  await expect(other.getByRole('heading', { level: 1 })).toHaveText('Inbox');
  await context.setOffline(true);
  const start = Date.now();
  await type(page, 'Seen in both tabs');
  await expect(row(other, 'Seen in both tabs')).toBeVisible();
  console.log(`another tab shows a new task after ${Date.now() - start} ms`);
  await complete(other, 'Seen in both tabs');
  await expect(row(page, 'Seen in both tabs')).toBeHidden();
  // The one that leads goes: the other sends what is left.
  await page.close();
  await context.setOffline(false);
  await sent(other);
  expect(await named(other, 'Seen in both tabs')).toMatchObject([
    { completed: true },
  ]);
});

test('ten edits in each of two pages, both cut off, end equal', async ({
  page,
  browser,
}) => {
  test.slow();
  const titles = Array.from({ length: 10 }, (_, index) => `Shared ${index};`);
  for (const title of titles) {
    await type(page, title);
  }
  await sent(page);
  const device = await otherDevice(browser, page);
  const other = await device.newPage();
  await other.goto('/inbox');
  await expect(row(other, 'Shared 9;')).toBeVisible();
  await page.context().setOffline(true);
  await device.setOffline(true);
  for (const title of titles) {
    await row(page, title).click();
    await page.getByRole('textbox', { name: 'Title' }).fill(`${title} mine`);
    await page.keyboard.press('Enter');
    await expect(row(page, `${title} mine`)).toBeVisible();

    await row(other, title).click();
    await other.getByRole('textbox', { name: 'Notes' }).fill(`About ${title}`);
    await other.getByRole('button', { name: 'Done' }).click();
  }
  expect(await outboxOf(page)).toHaveLength(10);
  expect(await outboxOf(other)).toHaveLength(10);

  await page.context().setOffline(false);
  await device.setOffline(false);
  await sent(page);
  await sent(other);
  for (const title of titles) {
    expect(await named(page, `${title} mine`)).toMatchObject([
      { notes: `About ${title}` },
    ]);
  }
  await page.reload();
  await other.reload();
  const stored = await onServer(page.request);
  await expect.poll(() => inPage(page)).toEqual(stored);
  await expect.poll(() => inPage(other)).toEqual(stored);
  await device.close();
});

test('what is done as the page goes away is kept', async ({ page }) => {
  await add(page, 'Checked at the last moment');
  await Promise.all([
    page.waitForEvent('load'),
    page.evaluate(() => {
      const label = 'Complete “Checked at the last moment”';
      document
        .querySelector<HTMLInputElement>(`input[aria-label="${label}"]`)
        ?.click();
      location.reload();
    }),
  ]);
  await expect
    .poll(() => named(page, 'Checked at the last moment'))
    .toMatchObject([{ completed: true }]);
});

test('a tab that crashes loses nothing', async ({ page, context }) => {
  await kept(page);
  await context.setOffline(true);
  await type(page, 'Kept before the crash');
  await row(page, 'Kept before the crash').click();
  await page.getByRole('textbox', { name: 'Notes' }).fill('Not left yet');
  const gone = page.waitForEvent('crash');
  const debug = await context.newCDPSession(page);
  debug.send('Page.crash').catch(() => undefined);
  await gone;
  await page.close();

  const next = await context.newPage();
  await next.goto('/inbox');
  await row(next, 'Kept before the crash').click();
  await expect(next.getByRole('textbox', { name: 'Notes' })).toHaveValue(
    'Not left yet',
  );
  await next.getByRole('button', { name: 'Save again' }).click();
  await context.setOffline(false);
  await sent(next);
  expect(await named(next, 'Kept before the crash')).toMatchObject([
    { notes: 'Not left yet' },
  ]);
});

test('a text changed on two devices shows both, and one chooses', async ({
  page,
  browser,
}) => {
  await add(page, 'Book a table');
  const device = await otherDevice(browser, page);
  const other = await device.newPage();
  await other.goto('/inbox');
  await row(other, 'Book a table').click();
  await page.context().setOffline(true);
  await row(page, 'Book a table').click();
  const title = page.getByRole('textbox', { name: 'Title' });
  await title.fill('Book a table for four');
  await title.press('Enter');
  await other
    .getByRole('textbox', { name: 'Title' })
    .fill('Book a table for six');
  await other.keyboard.press('Enter');
  await sent(other);

  await page.context().setOffline(false);
  await page.getByRole('button', { name: '1 change needs you' }).click();
  const sheet = page.getByRole('dialog', { name: 'Not on the server yet' });
  await expect(sheet.getByText('for six')).toBeVisible();
  await expect(sheet.getByText('for four').last()).toBeVisible();
  await expectAccessible(page);
  await page.keyboard.press('Escape');
  await expect(row(page, 'Book a table for four')).toContainText('Not saved');
  await row(page, 'Book a table for four').click();
  await expect(page.getByText('Book a table for six')).toBeVisible();
  await page.getByRole('button', { name: 'Use the other' }).click();
  await expect(title).toHaveValue('Book a table for six');
  await sent(page);
  expect(await named(page, 'Book a table for six')).toHaveLength(1);
  await device.close();
});

test('a refused task comes back with its text and can be mended', async ({
  page,
  browser,
}) => {
  await page.getByRole('button', { name: 'New list' }).click();
  await page.getByLabel('Name').fill('Doomed');
  await page.getByRole('button', { name: 'Create list' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Doomed');
  await sent(page);
  const device = await otherDevice(browser, page);
  const other = await device.newPage();
  await other.goto(page.url());
  await page.context().setOffline(true);
  await type(page, 'Without a list');
  await other.getByRole('button', { name: 'Options of Doomed' }).click();
  await other.getByRole('menuitem', { name: 'Delete list' }).click();
  await sent(other);

  await page.context().setOffline(false);
  await expect(page.getByRole('alert')).toContainText('That was not saved');
  await page.getByRole('button', { name: 'Look' }).click();
  const sheet = page.getByRole('dialog', { name: 'Not on the server yet' });
  await expect(sheet.getByText('Add “Without a list”')).toBeVisible();
  await expectAccessible(page);
  await page.keyboard.press('Escape');
  await page.getByRole('link', { name: 'Search' }).click();
  await page.getByRole('searchbox').fill('without a list');
  await row(page, 'Without a list').click();
  await page.getByRole('button', { name: /^Move to a list/ }).click();
  await page.getByRole('menuitemradio', { name: 'Inbox' }).click();
  await sent(page);
  expect(await named(page, 'Without a list')).toMatchObject([
    { list_id: null, deleted_at: null },
  ]);
  await device.close();
});

test('an ended session keeps what was done, and sends it later', async ({
  page,
}) => {
  await add(page, 'Before the end');
  // Or it would know of the end before it is typed.
  await page.context().setOffline(true);
  await page.request.delete('/api/session');
  await type(page, 'After the end');
  await page.context().setOffline(false);
  await expect(page.getByText('Your session has ended')).toBeVisible();
  await expectAccessible(page);
  await signInByForm(page);
  await expect(row(page, 'After the end')).toBeVisible();
  await sent(page);
  expect(await named(page, 'After the end')).toHaveLength(1);
});

test('signing out warns of what is not sent, and leaves nothing', async ({
  page,
}) => {
  await page.route('**/api/tasks', (route) => route.abort());
  await type(page, 'Never sent');
  await page.getByRole('textbox', { name: /^Add a task/ }).fill('A draft');
  await page.getByRole('button', { name: 'Account and settings' }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await expect(page.getByText('1 change has not reached')).toBeVisible();
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Stay signed in' }).click();
  await expect(row(page, 'Never sent')).toBeVisible();
  await page.getByRole('button', { name: 'Account and settings' }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await page.getByRole('button', { name: 'Sign out all the same' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(
    'Welcome back',
  );
  const left = await page.evaluate(async () => ({
    databases: await indexedDB.databases(),
    storage: Object.keys(localStorage),
  }));
  expect(left).toEqual({ databases: [], storage: [] });
});
