import type { Page } from '@playwright/test';
import { findings } from './axe.ts';
import { OwnSteady } from './own.ts';
import {
  add,
  expect,
  expectAccessible,
  kept,
  outboxOf,
  row,
  test,
  type,
} from './steady.ts';

const steady = new OwnSteady();
const PASSWORD = 'correct horse battery staple';

test.beforeAll(() => steady.start('STEADY_REGISTRATION=open'));
test.afterAll(() => steady.stop());
test.use({
  baseURL: ({}, use) => use(steady.url),
  timezoneId: 'Asia/Kolkata',
});

async function signUp(page: Page, name: string): Promise<void> {
  await page.goto('/sign-up');
  await page.getByLabel('Name').fill(name);
  await page.getByLabel('Email').fill(`${name}@example.org`);
  await page.getByRole('textbox', { name: 'Password' }).fill(PASSWORD);
  await page.getByRole('button', { name: 'Create account' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Inbox');
}

async function signOut(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Account and settings' }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await expect(page.getByRole('button', { name: 'Sign in' })).toBeVisible();
}

const me = async (page: Page) => (await page.request.get('/api/me')).json();

test('settings are kept offline, sent later, and shown elsewhere', async ({
  page,
  context,
}) => {
  await signUp(page, 'bea');
  await kept(page);
  // A new account has the zone and the week of the device.
  await expect
    .poll(() => me(page))
    .toMatchObject({ time_zone: 'Asia/Calcutta', week_start: 'monday' });
  await page.getByRole('button', { name: 'Account and settings' }).click();
  await page.getByRole('menuitem', { name: 'Settings' }).click();
  await expect(page).toHaveTitle('Settings · Steady');
  await context.setOffline(true);
  await page.getByLabel('Name').fill('  Bea <b>of Oslo</b> ');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByLabel('Time zone').selectOption('Europe/Oslo');
  await page.getByLabel('The week begins on').selectOption('Sunday');
  await page.reload();
  await expect(page.getByLabel('Name')).toHaveValue('Bea <b>of Oslo</b>');
  await expect(page.getByLabel('Time zone')).toHaveValue('Europe/Oslo');
  await expect(page.getByText('clock of this device: Asia/')).toBeVisible();
  await page.getByRole('button', { name: /Offline · 3 changes/ }).click();
  await expect(page.getByText('Change your settings').first()).toBeVisible();
  await page.keyboard.press('Escape');
  await page.getByRole('link', { name: 'Account', exact: true }).click();
  await expect(page.getByText('server cannot be reached')).toBeVisible();
  await expect(
    page.getByRole('button', { name: 'Change password' }),
  ).toBeDisabled();

  await context.setOffline(false);
  await expect.poll(() => outboxOf(page), { timeout: 30_000 }).toEqual([]);
  expect(await me(page)).toMatchObject({
    name: 'Bea <b>of Oslo</b>',
    time_zone: 'Europe/Oslo',
    week_start: 'sunday',
  });
  await expect(page.getByText('This device')).toBeVisible();
  await page.getByRole('link', { name: 'Inbox' }).click();
  await type(page, 'Look at the week');
  await row(page, 'Look at the week').click();
  await page.getByRole('button', { name: /^Due date/ }).click();
  await expect(page.getByRole('grid').locator('th').first()).toHaveText('Sun');
});

test('other devices can be signed out, also by a new password', async ({
  page,
  playwright,
}) => {
  await signUp(page, 'cleo');
  const device = async (userAgent: string, password = PASSWORD) => {
    const api = await playwright.request.newContext({
      baseURL: steady.url,
      userAgent,
    });
    const data = { email: 'cleo@example.org', password };
    return { api, status: (await api.post('/api/session', { data })).status() };
  };
  const phone = await device(
    'Mozilla/5.0 (iPhone) Version/18.0 Mobile/15E148 Safari/604.1',
  );
  const script = await device('curl/8.1');
  await page.goto('/settings/account');
  const places = page.getByRole('list', { name: 'Where you are signed in' });
  await expect(places.getByRole('listitem')).toHaveCount(3);
  await expect(places.getByText('This device')).toHaveCount(1);
  await expectAccessible(page);
  await page.getByRole('button', { name: /Sign out Safari on iPhone/ }).click();
  await expect(places.getByText('Safari on iPhone')).toBeHidden();
  expect((await phone.api.get('/api/me')).status()).toBe(401);
  expect((await script.api.get('/api/me')).status()).toBe(200);
  await page.getByRole('button', { name: 'Sign out all other' }).click();
  await expect(places.getByRole('listitem')).toHaveCount(1);
  expect((await script.api.get('/api/me')).status()).toBe(401);

  const current = page.getByRole('textbox', { name: 'Current password' });
  const next = page.getByRole('textbox', { name: 'New password' });
  const change = page.getByRole('button', { name: 'Change password' });
  await next.fill('short');
  await change.click();
  await expect(page.getByText('Enter your current password.')).toBeVisible();
  await expect(page.getByText('Use at least 8 characters.')).toBeVisible();
  await current.fill('not the one');
  await next.fill('another horse battery staple');
  await change.click();
  await expect(page.getByText('This is not your current')).toBeVisible();
  await expectAccessible(page);
  const last = await device('curl/8.1');
  await current.fill(PASSWORD);
  await change.click();
  await expect(page.getByText('Password changed.')).toBeVisible();
  await expect(current).toHaveValue('');
  expect((await last.api.get('/api/me')).status()).toBe(401);
  expect((await device('curl/8.1')).status).toBe(401);
  expect(
    (await device('curl/8.1', 'another horse battery staple')).status,
  ).toBe(201);
});

test('a token is shown once, works, and stops when it is revoked', async ({
  page,
  playwright,
}) => {
  await signUp(page, 'dora');
  await page.goto('/settings/tokens');
  await expect(page.getByText('You have no tokens.')).toBeVisible();
  await page.getByRole('button', { name: 'Create token' }).click();
  await expect(page.getByText('A token needs a name.')).toBeVisible();
  await page.getByLabel('Name').fill('Backup <script>');
  await page.getByLabel('It ends').selectOption('Never');
  await page.getByRole('button', { name: 'Create token' }).click();
  await expect(page.getByText('It is not shown again.')).toBeVisible();
  await expectAccessible(page);
  const secret = (await page.locator('code').innerText()).trim();
  const program = await playwright.request.newContext({
    baseURL: steady.url,
    extraHTTPHeaders: { Authorization: `Bearer ${secret}` },
  });
  expect((await program.get('/api/tasks')).status()).toBe(200);
  const data = { title: 'Read only' };
  expect((await program.post('/api/tasks', { data })).status()).toBe(403);
  await page.getByRole('button', { name: 'Done' }).click();
  await page.reload();
  await expect(page.getByText('Backup <script>')).toBeVisible();
  await expect(page.getByText('Last used: Today · Never ends')).toBeVisible();
  expect(await page.content()).not.toContain(secret);
  await page.getByRole('button', { name: 'Revoke “Backup <script>”' }).click();
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Revoke', exact: true }).click();
  await expect(page.getByText('You have no tokens.')).toBeVisible();
  expect((await program.get('/api/tasks')).status()).toBe(401);
});

/** What a browser keeps for us, and what is in it, but for the page itself. */
async function traces(page: Page) {
  const left = await page.evaluate(async () => {
    const kept: string[] = [];
    for (const name of await caches.keys()) {
      for (const request of await (await caches.open(name)).keys()) {
        kept.push(new URL(request.url).pathname);
      }
    }
    return {
      databases: (await indexedDB.databases()).map(({ name }) => name),
      local: Object.keys(localStorage),
      session: Object.keys(sessionStorage),
      kept: kept.filter((path) => !/^\/(assets\/|\w+\.\w+$)/.test(path)),
      page: document.documentElement.outerHTML,
    };
  });
  return { ...left, cookies: await page.context().cookies() };
}

const NOTHING = {
  databases: [],
  local: [],
  session: [],
  kept: [],
  cookies: [],
};

test('of who signs out nothing is left for the next person', async ({
  page,
}) => {
  await signUp(page, 'eva');
  await kept(page);
  await page.reload();
  await add(page, 'Eva’s secret');
  await page.getByRole('link', { name: 'Search' }).click();
  await page.getByRole('searchbox').fill('secret');
  await expect(row(page, 'Eva’s secret')).toBeVisible();
  await page.getByRole('link', { name: 'Inbox' }).click();
  await page.getByRole('textbox', { name: /^Add a task/ }).fill('Eva’s draft');
  await signOut(page);
  expect(await traces(page)).toMatchObject(NOTHING);

  await signUp(page, 'fred');
  await expect(page.getByText('Your inbox is clear')).toBeVisible();
  await expect(page.getByRole('textbox', { name: /^Add a task/ })).toHaveValue(
    '',
  );
  const heading = page.getByRole('heading', { level: 1 });
  await page.goto('/completed');
  await expect(heading).toHaveText('Completed');
  await page.goBack();
  await expect(heading).toHaveText('Inbox');
  const after = await traces(page);
  expect(after.databases).toHaveLength(1);
  expect(after.page).not.toMatch(/eva/i);
});

test('a deleted account is gone, here and on the server', async ({ page }) => {
  await signUp(page, 'gina');
  await add(page, 'Gone for good');
  await page.goto('/settings/account');
  await page.getByRole('button', { name: 'Delete my account' }).click();
  const sheet = page.getByRole('dialog', { name: 'Delete account' });
  await expect(sheet.getByText('Nobody can bring')).toBeVisible();
  await sheet.getByRole('button', { name: 'Delete everything' }).click();
  await expect(sheet.getByText('Enter your current')).toBeVisible();
  const password = sheet.getByRole('textbox', { name: 'Your password' });
  await password.fill('not the one');
  await sheet.getByRole('button', { name: 'Delete everything' }).click();
  await expect(sheet.getByText('This is not your current')).toBeVisible();
  await expectAccessible(page);
  await password.fill(PASSWORD);
  await sheet.getByRole('button', { name: 'Delete everything' }).click();
  await expect(page.getByRole('button', { name: 'Sign in' })).toBeVisible();
  expect(await traces(page)).toMatchObject(NOTHING);
  const data = { email: 'gina@example.org', password: PASSWORD };
  const again = await page.request.post('/api/session', { data });
  expect(again.status()).toBe(401);
});

/** axe, with the contrast of WCAG's AAA. */
async function expectContrast(page: Page): Promise<void> {
  const rules = { 'color-contrast-enhanced': { enabled: true } };
  expect(await findings(page, { rules })).toEqual([]);
}

test('every screen is accessible in every theme', async ({ page }) => {
  await signUp(page, 'hans');
  await add(page, 'Water the plants');
  await page.evaluate(async () => {
    const due = { date: '2020-01-01', time: '09:00', time_zone: null };
    const body = { title: 'Late', due, priority: 'high', tags: ['home'] };
    await fetch('/api/tasks', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    });
  });
  // axe reads three screens in four themes.
  test.slow();
  const root = page.locator('html');
  const bar = page.locator('meta[name=theme-color]');
  for (const path of ['/today', '/settings', '/settings/tokens']) {
    await page.goto(path);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    await expect(page.getByRole('heading', { level: 2 }).first()).toBeVisible();
    await expectAccessible(page);
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme, contrast: 'more' });
      await expect(root).toHaveAttribute('data-theme', 'contrast');
      await expect(bar).toHaveAttribute(
        'content',
        colorScheme === 'light' ? 'rgb(255, 255, 255)' : 'rgb(0, 0, 0)',
      );
      await expectContrast(page);
    }
    await page.emulateMedia({ colorScheme: 'light', contrast: null });
  }
  await page.goto('/settings');
  await page.getByRole('radio', { name: 'Dark' }).check();
  await expect(bar).toHaveAttribute('content', 'rgb(23, 25, 27)');
  await page.getByRole('radio', { name: 'High contrast' }).check();
  await page.reload();
  await expect(root).toHaveAttribute('data-theme', 'contrast');
  await page.setViewportSize({ width: 320, height: 700 });
  for (const path of ['/settings', '/settings/account', '/settings/tokens']) {
    await page.goto(path);
    await expect(page.getByRole('heading', { level: 2 }).first()).toBeVisible();
    const beyond = await page.evaluate(
      () => document.documentElement.scrollWidth - innerWidth,
    );
    expect(beyond).toBe(0);
  }
});
