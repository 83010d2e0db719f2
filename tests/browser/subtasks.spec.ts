import type { Page } from '@playwright/test';
import {
  add,
  complete,
  expect,
  expectAccessible,
  onServer,
  otherDevice,
  outboxOf,
  row,
  signIn,
  test,
} from './steady.ts';

test.beforeEach(async ({ page }) => {
  await signIn(page);
});

const field = (page: Page) =>
  page.getByRole('textbox', { name: 'Add a subtask' });

const subtask = (page: Page, title: string) =>
  page
    .getByRole('region', { name: 'Subtasks' })
    .getByRole('button', { name: title, exact: true });

/** Nothing waits any more. */
async function sent(page: Page): Promise<void> {
  await expect.poll(() => outboxOf(page)).toEqual([]);
}

async function stored(page: Page, title: string) {
  const all = await onServer(page.request);
  return all.find((task) => task.title === title && !task.deleted_at);
}

/** Opens a task and gives it subtasks. */
async function split(page: Page, title: string, titles: string[]) {
  await row(page, title).click();
  await field(page).click();
  for (const each of titles) {
    await page.keyboard.type(each);
    await page.keyboard.press('Enter');
    await expect(subtask(page, each)).toBeVisible();
  }
}

test('a task is split into subtasks, by keyboard alone', async ({ page }) => {
  await add(page, 'Paint the kitchen');
  await page.keyboard.press('Escape');
  await page.keyboard.press('j');
  await expect(row(page, 'Paint the kitchen')).toBeFocused();
  await page.keyboard.press('e');
  await expect(field(page)).toBeVisible();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  await expect(field(page)).toBeFocused();
  for (const title of ['Buy the paint', 'Tape the edges', 'Wash the brush']) {
    await page.keyboard.type(title);
    await page.keyboard.press('Enter');
    await expect(subtask(page, title)).toBeVisible();
    await expect(field(page)).toHaveValue('');
  }
  await expectAccessible(page);
  await page.keyboard.press('Backspace');
  await expect(subtask(page, 'Wash the brush')).toBeFocused();
  await page.keyboard.press('k');
  await expect(subtask(page, 'Tape the edges')).toBeFocused();
  await page.keyboard.press('x');
  await expect(
    page.getByRole('checkbox', { name: /Tape the edges/ }),
  ).toBeChecked();
  await page.keyboard.press('Delete');
  await expect(subtask(page, 'Tape the edges')).toBeHidden();
  await expect(subtask(page, 'Wash the brush')).toBeFocused();
  await page.keyboard.press('ControlOrMeta+z');
  await expect(subtask(page, 'Tape the edges')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(row(page, 'Paint the kitchen')).toContainText('1/3');
  await expect(row(page, 'Paint the kitchen')).toBeFocused();
  await expect(row(page, 'Buy the paint')).toBeHidden();
});

test('pasted lines are a subtask each, and one undo', async ({ page }) => {
  await add(page, 'Plan the party');
  await row(page, 'Plan the party').click();
  await field(page).focus();
  await page.evaluate(() => {
    const data = new DataTransfer();
    data.setData('text', '- Invite\n- [ ] Cook\n\n3. Dance\n');
    document.activeElement?.dispatchEvent(
      new ClipboardEvent('paste', { clipboardData: data, bubbles: true }),
    );
  });
  for (const title of ['Invite', 'Cook', 'Dance']) {
    await expect(subtask(page, title)).toBeVisible();
  }
  const names = page
    .getByRole('region', { name: 'Subtasks' })
    .getByRole('listitem');
  await expect(names).toHaveText(['Invite', 'Cook', 'Dance']);
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(names).toHaveCount(0);
});

test('a subtask opens in the row of its parent, and leads back', async ({
  page,
}) => {
  await add(page, 'Bake a cake');
  await split(page, 'Bake a cake', ['Weigh the flour']);
  await subtask(page, 'Weigh the flour').click();
  const title = page.getByRole('textbox', { name: 'Title' });
  await expect(title).toHaveValue('Weigh the flour');
  await expect(title).toBeFocused();
  await field(page).click();
  await page.keyboard.type('Find the scales');
  await page.keyboard.press('Enter');
  await expect(subtask(page, 'Find the scales')).toBeVisible();
  await expectAccessible(page);
  await page.goBack();
  await expect(title).toHaveValue('Bake a cake');
  await page.goForward();
  await page.reload();
  await expect(title).toHaveValue('Weigh the flour');
  await title.fill('Weigh the rye flour');
  await page
    .getByRole('navigation', { name: 'Above this task' })
    .getByRole('button', { name: 'Bake a cake' })
    .click();
  await expect(title).toHaveValue('Bake a cake');
  await expect(
    subtask(page, 'Weigh the rye flour 0 of 1 subtasks checked off'),
  ).toBeVisible();
  await page.getByRole('button', { name: 'Done' }).click();
  await expect(row(page, 'Bake a cake')).toBeFocused();
});

test('the server makes the same of a tree that is moved, completed, deleted', async ({
  page,
  browser,
}) => {
  await page.getByRole('button', { name: 'New list' }).click();
  await page.getByRole('textbox', { name: 'Name' }).fill('Trees');
  await page.getByRole('button', { name: 'Create list' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Trees');
  await page.getByRole('link', { name: /^Inbox/ }).click();
  await add(page, 'Fell the oak');
  await split(page, 'Fell the oak', ['Sharpen the axe', 'Rope it off']);
  await sent(page);

  await page.context().setOffline(true);
  await page.getByRole('button', { name: /^Move to a list/ }).click();
  await page.getByRole('menuitemradio', { name: 'Trees' }).click();
  await page.getByRole('link', { name: /^Trees/ }).click();
  await expect(row(page, 'Fell the oak')).toContainText('0/2');
  await expect(page.getByRole('link', { name: /^Trees/ })).toContainText('3');
  await complete(page, 'Fell the oak');
  // They are open, and their parent is not there any more.
  await expect(row(page, 'Sharpen the axe')).toContainText('Fell the oak');
  await expect(row(page, 'Rope it off')).toBeVisible();
  await page.context().setOffline(false);
  await sent(page);
  const parent = await stored(page, 'Fell the oak');
  const child = await stored(page, 'Sharpen the axe');
  expect(parent?.completed).toBe(true);
  expect(child).toMatchObject({ completed: false, list_id: parent?.list_id });
  const lists = await (await page.request.get('/api/lists')).json();
  const trees = lists.find((list: { name: string }) => list.name === 'Trees');
  expect(trees.open).toBe(2);
  await expect(page.getByRole('link', { name: /^Trees/ })).toContainText('2');

  await row(page, 'Rope it off').click();
  await page.getByRole('button', { name: 'Delete “Rope it off”' }).click();
  await page.getByRole('link', { name: 'Completed' }).click();
  await row(page, 'Fell the oak').focus();
  await page.keyboard.press('Delete');
  await sent(page);
  await page.getByRole('link', { name: /^Trees/ }).click();
  await expect(row(page, 'Sharpen the axe')).toBeHidden();
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(row(page, 'Sharpen the axe')).toBeVisible();
  await sent(page);
  expect(await stored(page, 'Sharpen the axe')).toBeDefined();
  expect(await stored(page, 'Rope it off')).toBeUndefined();

  const device = await otherDevice(browser, page);
  const other = await device.newPage();
  await other.goto(page.url());
  await expect(row(other, 'Sharpen the axe')).toBeVisible();
  await expect(row(other, 'Rope it off')).toBeHidden();
  await device.close();
});

test.describe('by touch', () => {
  test.use({ viewport: { width: 360, height: 740 }, hasTouch: true });

  test('a subtask becomes a task of its own, and comes back', async ({
    page,
  }) => {
    await add(page, 'Mend the fence');
    await row(page, 'Mend the fence').tap();
    await field(page).tap();
    await page.keyboard.type('Buy posts');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Options of “Buy posts”' }).tap();
    await page.getByRole('menu').waitFor();
    await expectAccessible(page);
    await page
      .getByRole('menuitem', { name: 'Make it a task of its own' })
      .tap();
    await expect(subtask(page, 'Buy posts')).toBeHidden();
    await expect(page.getByRole('textbox', { name: 'Title' })).toBeFocused();
    await page.getByRole('button', { name: 'Done' }).tap();
    await expect(row(page, 'Buy posts')).toBeVisible();
    await page.getByRole('button', { name: 'Undo' }).tap();
    await expect(row(page, 'Buy posts')).toBeHidden();
    await expect(row(page, 'Mend the fence')).toContainText('0/1');
  });
});
