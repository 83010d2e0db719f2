import type { Route } from '@playwright/test';
import {
  add,
  expect,
  expectAccessible,
  patched,
  row,
  signIn,
  test,
} from './steady.ts';

const REQUEST_ID = '0123456789abcdef0123456789abcdef';

function fail(route: Route): Promise<void> {
  if (route.request().method() !== 'PATCH') {
    return route.continue();
  }
  return route.fulfill({
    status: 500,
    contentType: 'application/problem+json',
    headers: { 'X-Request-Id': REQUEST_ID },
    body: JSON.stringify({ type: '/problems/internal', status: 500 }),
  });
}

test.beforeEach(async ({ page }) => {
  await signIn(page);
});

test('a failed save keeps the text and shows the request id', async ({
  page,
}) => {
  await add(page, 'Read the contract');
  await page.route('**/api/tasks/*', fail);
  await row(page, 'Read the contract').click();
  const title = page.getByRole('textbox', { name: 'Title' });
  await title.fill('Read the new contract');
  await page.getByRole('textbox', { name: 'Notes' }).focus();
  const alert = page.getByRole('alert');
  await expect(alert).toContainText(REQUEST_ID);
  await expect(alert.getByRole('button', { name: /Copy/ })).toBeVisible();
  await expect(title).toHaveValue('Read the new contract');
  await expectAccessible(page);

  await page.unroute('**/api/tasks/*', fail);
  await page.reload();
  await expect(title).toHaveValue('Read the new contract');
  const saved = patched(page);
  await page.getByRole('button', { name: 'Save again' }).click();
  await saved;
  await page.getByRole('button', { name: 'Done' }).click();
  await expect(row(page, 'Read the new contract')).toBeVisible();
});

test('a broken connection is bridged, and nothing is doubled', async ({
  page,
}) => {
  let lost = 0;
  await page.route('**/api/tasks', async (route) => {
    if (route.request().method() === 'POST' && lost < 2) {
      lost += 1;
      // The second time the server does the work and its answer is lost.
      if (lost === 2) {
        await route.fetch();
      }
      await route.abort('connectionreset');
    } else {
      await route.continue();
    }
  });
  await add(page, 'Sent three times');
  expect(lost).toBe(2);
  await page.reload();
  await expect(
    page.getByRole('listitem').filter({ hasText: 'Sent three times' }),
  ).toHaveCount(1);
});

test('the same text changed elsewhere is not overwritten', async ({
  page,
  context,
}) => {
  await add(page, 'Plan the party');
  await row(page, 'Plan the party').click();
  const title = page.getByRole('textbox', { name: 'Title' });
  await title.fill('Plan the big party');
  const other = await context.newPage();
  await other.goto('/inbox');
  await row(other, 'Plan the party').click();
  const stored = patched(other);
  await other
    .getByRole('textbox', { name: 'Title' })
    .fill('Plan the party for Mia');
  await other.getByRole('button', { name: 'Done' }).click();
  await stored;

  await page.getByRole('textbox', { name: 'Notes' }).focus();
  await expect(page.getByText('changed elsewhere meanwhile')).toBeVisible();
  await expect(page.getByText('Plan the party for Mia')).toBeVisible();
  await expect(title).toHaveValue('Plan the big party');
  const saved = patched(page);
  await page.getByRole('button', { name: 'Keep mine' }).click();
  await saved;
  await page.getByRole('button', { name: 'Done' }).click();
  await expect(row(page, 'Plan the big party')).toBeVisible();
});

test('a part that cannot be loaded comes with the network', async ({
  page,
}) => {
  await add(page, 'Look the keys up');
  await page.route('**/assets/ShortcutSheet-*', (route) => route.abort());
  await page.keyboard.press('Escape');
  await page.keyboard.press('?');
  const toast = page.getByText('This part cannot be loaded');
  await expect(toast).toBeVisible();
  await expect(row(page, 'Look the keys up')).toBeVisible();
  await page.unroute('**/assets/ShortcutSheet-*');
  await expect(page.getByRole('dialog')).toContainText('Keyboard');
});

test('what comes later moves nothing in an opened task', async ({ page }) => {
  await add(page, 'Stay where you are');
  let come = () => {};
  const held = new Promise<void>((resolve) => {
    come = resolve;
  });
  await page.route(/assets\/(MoreFields|Subtasks)-/, async (route) => {
    await held;
    await route.continue();
  });
  await row(page, 'Stay where you are').click();
  const done = page.getByRole('button', { name: 'Done' });
  const before = await done.boundingBox();
  come();
  await expect(page.getByRole('button', { name: 'Add a tag' })).toBeVisible();
  await expect(page.getByLabel('Add a subtask')).toBeVisible();
  expect(await done.boundingBox()).toEqual(before);
});
