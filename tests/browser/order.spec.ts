import type { Locator, Page } from '@playwright/test';
import {
  expect,
  expectAccessible,
  otherDevice,
  outboxOf,
  row,
  signIn,
  test,
} from './steady.ts';

let count = 0;

/** A list of its own with these tasks, which is shown then. */
async function fill(page: Page, titles: string[]): Promise<void> {
  count += 1;
  const name = `Order ${Date.now()} ${count}`;
  const list = await page.request.post('/api/lists', { data: { name } });
  const { id } = await list.json();
  const operations = titles.map((title, index) => ({
    action: 'create',
    body: { title, list_id: id, order: index },
  }));
  await page.request.post('/api/tasks/batch', { data: { operations } });
  await page.goto(`/lists/${id}`);
  await expect(rows(page)).toHaveText(titles);
}

const rows = (page: Page) => page.locator('main [data-task-main]');

const handle = (page: Page, title: string) =>
  page.getByRole('button', { name: `Put “${title}” somewhere else` });

/** The server, and so another device, has the same order. */
async function expectEverywhere(
  page: Page,
  other: Page,
  titles: string[],
): Promise<void> {
  await expect(rows(page)).toHaveText(titles);
  await expect.poll(() => outboxOf(page)).toEqual([]);
  await other.goto(page.url());
  await expect(rows(other)).toHaveText(titles);
}

async function centre(target: Locator) {
  const box = await target.boundingBox();
  if (!box) {
    throw new Error('It is not there');
  }
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}

test.beforeEach(async ({ page }) => {
  await signIn(page);
});

test('by keyboard alone: keys, menu and handle, and undo of each', async ({
  page,
  browser,
}) => {
  const device = await otherDevice(browser, page);
  const other = await device.newPage();
  await fill(page, ['One', 'Two', 'Three', 'Four']);
  await row(page, 'Three').focus();
  await page.keyboard.press('Alt+ArrowUp');
  await expect(rows(page)).toHaveText(['One', 'Three', 'Two', 'Four']);
  await expect(row(page, 'Three')).toBeFocused();
  await expect(page.getByText('“Three” is at place 2 of 4')).toBeVisible();
  await page.keyboard.press('Alt+ArrowDown');
  await page.keyboard.press('Alt+ArrowDown');
  await expect(rows(page)).toHaveText(['One', 'Two', 'Four', 'Three']);
  await expect(row(page, 'Three')).toBeFocused();
  await page.keyboard.press('Alt+PageUp');
  await expectEverywhere(page, other, ['Three', 'One', 'Two', 'Four']);
  await page.keyboard.press('ControlOrMeta+z');
  await expect(rows(page)).toHaveText(['One', 'Two', 'Four', 'Three']);

  await page
    .getByRole('button', { name: 'Options of “One”' })
    .press('ArrowDown');
  await expect(page.getByRole('menuitem', { name: 'Move up' })).toBeFocused();
  await expectAccessible(page);
  await page.keyboard.press('End');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Options of “One”' }).press('Enter');
  await page
    .getByRole('menuitem', { name: 'Move to the bottom' })
    .press('Enter');
  await expect(rows(page)).toHaveText(['Two', 'Four', 'Three', 'One']);
  await page.keyboard.press('ControlOrMeta+z');
  await expect(rows(page)).toHaveText(['One', 'Two', 'Four', 'Three']);

  await handle(page, 'Four').press('Enter');
  await expect(
    page.getByText(/“Four” is carried, at place 3 of 4/),
  ).toBeAttached();
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('ArrowUp');
  await expect(page.getByText('Place 1 of 4')).toBeAttached();
  await expectAccessible(page);
  await page.keyboard.press('Escape');
  await expect(rows(page)).toHaveText(['One', 'Two', 'Four', 'Three']);
  await handle(page, 'Four').press(' ');
  await expect(handle(page, 'Four')).toHaveAttribute('aria-pressed', 'true');
  await page.keyboard.press('End');
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('Home');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press(' ');
  await expect(rows(page)).toHaveText(['One', 'Four', 'Two', 'Three']);
  await expect(handle(page, 'Four')).toBeFocused();
  await expectEverywhere(page, other, ['One', 'Four', 'Two', 'Three']);
  await page.keyboard.press('ControlOrMeta+z');
  await expectEverywhere(page, other, ['One', 'Two', 'Four', 'Three']);
  await device.close();
});

test('several at once go together', async ({ page }) => {
  await fill(page, ['One', 'Two', 'Three', 'Four', 'Five']);
  await row(page, 'Two').click({ modifiers: ['ControlOrMeta'] });
  await row(page, 'Four').click({ modifiers: ['ControlOrMeta'] });
  await page.keyboard.press('Alt+ArrowDown');
  await expect(rows(page)).toHaveText(['One', 'Three', 'Five', 'Two', 'Four']);
  await page.getByRole('button', { name: 'Order', exact: true }).click();
  await page.getByRole('menuitem', { name: 'Move to the top' }).click();
  await expect(rows(page)).toHaveText(['Two', 'Four', 'One', 'Three', 'Five']);
  // While it is there the keys are its own.
  await expect(page.getByRole('menu')).toBeHidden();
  await page.keyboard.press('ControlOrMeta+z');
  await page.keyboard.press('ControlOrMeta+z');
  await expect(rows(page)).toHaveText(['One', 'Two', 'Three', 'Four', 'Five']);
});

test('a task that goes to the far end keeps the focus, in sight', async ({
  page,
}) => {
  const titles = Array.from({ length: 120 }, (_, index) => `Row ${index}.`);
  const name = `Long ${Date.now()}`;
  const list = await page.request.post('/api/lists', { data: { name } });
  const { id } = await list.json();
  for (const from of [0, 60]) {
    const operations = titles.slice(from, from + 60).map((title, index) => ({
      action: 'create',
      body: { title, list_id: id, order: from + index },
    }));
    await page.request.post('/api/tasks/batch', { data: { operations } });
  }
  await page.goto(`/lists/${id}`);
  await expect(page.locator('[aria-setsize="120"]').first()).toBeVisible();
  await row(page, 'Row 1.').focus();
  await page.keyboard.press('Alt+PageDown');
  await expect(page.getByText('“Row 1.” is at place 120 of 120')).toBeVisible();
  await expect(row(page, 'Row 1.')).toBeFocused();
  await expect(row(page, 'Row 1.')).toBeInViewport();
  await expect(row(page, 'Row 119.')).toBeVisible();
  await page.keyboard.press('Alt+ArrowUp');
  await expect(page.getByText('“Row 1.” is at place 119 of 120')).toBeVisible();
  await expect(row(page, 'Row 1.')).toBeFocused();
  await page.keyboard.press('Alt+PageUp');
  await expect(row(page, 'Row 1.')).toBeInViewport();
  await expect(row(page, 'Row 0.')).toBeVisible();
});

/** A list with one task, which is opened and has these subtasks. */
async function split(page: Page, titles: string[]): Promise<void> {
  await fill(page, ['Bake']);
  await row(page, 'Bake').click();
  const field = page.getByRole('textbox', { name: 'Add a subtask' });
  for (const title of titles) {
    await field.fill(title);
    await field.press('Enter');
    await expect(field).toHaveValue('');
    await expect(rows(page).last()).toHaveText(title);
  }
}

test('subtasks are moved by keys and by their menu', async ({ page }) => {
  await split(page, ['Weigh', 'Stir', 'Wait']);
  await row(page, 'Wait').focus();
  await page.keyboard.press('Alt+ArrowUp');
  await expect(rows(page)).toHaveText(['Weigh', 'Wait', 'Stir']);
  await expect(row(page, 'Wait')).toBeFocused();
  await page.getByRole('button', { name: 'Options of “Weigh”' }).click();
  await page.getByRole('menuitem', { name: 'Move to the bottom' }).click();
  await expect(rows(page)).toHaveText(['Wait', 'Stir', 'Weigh']);
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(rows(page)).toHaveText(['Weigh', 'Wait', 'Stir']);
});

test('subtasks: a handle, by keys and with the mouse', async ({
  page,
  browser,
}) => {
  const device = await otherDevice(browser, page);
  const other = await device.newPage();
  await split(page, ['Weigh']);
  await expect(handle(page, 'Weigh')).toBeHidden();
  await split(page, ['Weigh', 'Stir', 'Wait']);
  await handle(page, 'Weigh').press('Enter');
  await expect(
    page.getByText(/“Weigh” is carried, at place 1 of 3/),
  ).toBeAttached();
  await page.keyboard.press('End');
  await expectAccessible(page);
  // What is carried goes back, and the task stays open.
  await page.keyboard.press('Escape');
  await expect(rows(page)).toHaveText(['Weigh', 'Stir', 'Wait']);
  await handle(page, 'Weigh').press(' ');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await expect(rows(page)).toHaveText(['Stir', 'Weigh', 'Wait']);
  await expect(handle(page, 'Weigh')).toBeFocused();

  await row(page, 'Wait').hover();
  const from = await centre(handle(page, 'Wait'));
  const first = await centre(row(page, 'Stir'));
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move(from.x, from.y - 10);
  await page.mouse.move(from.x - 40, first.y - 12, { steps: 5 });
  await page.mouse.up();
  await expectEverywhere(page, other, ['Wait', 'Stir', 'Weigh']);
  await page.keyboard.press('ControlOrMeta+z');
  await expectEverywhere(page, other, ['Stir', 'Weigh', 'Wait']);
  await device.close();
});

test('with the mouse: within a list, and onto a list', async ({
  page,
  browser,
}) => {
  const device = await otherDevice(browser, page);
  const other = await device.newPage();
  await fill(page, ['One', 'Two', 'Three']);
  await row(page, 'Three').hover();
  const from = await centre(handle(page, 'Three'));
  const first = await centre(row(page, 'One'));
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move(from.x, from.y - 10);
  await page.mouse.move(from.x + 40, first.y - 12, { steps: 5 });
  await page.mouse.up();
  await expectEverywhere(page, other, ['Three', 'One', 'Two']);
  await page.getByRole('button', { name: 'Undo' }).click();
  await expectEverywhere(page, other, ['One', 'Two', 'Three']);

  await row(page, 'Two').hover();
  const two = await centre(handle(page, 'Two'));
  const inbox = await centre(page.getByRole('link', { name: /^Inbox/ }));
  await page.mouse.move(two.x, two.y);
  await page.mouse.down();
  await page.mouse.move(two.x, two.y + 10);
  await page.mouse.move(inbox.x, inbox.y, { steps: 5 });
  await page.mouse.up();
  await expect(page.getByText('1 task moved to Inbox')).toBeVisible();
  await expectEverywhere(page, other, ['One', 'Three']);
  await page.getByRole('button', { name: 'Undo' }).click();
  await expectEverywhere(page, other, ['One', 'Two', 'Three']);

  await row(page, 'One').hover();
  const one = await centre(handle(page, 'One'));
  await page.mouse.move(one.x, one.y);
  await page.mouse.down();
  await page.mouse.move(one.x, one.y + 60, { steps: 5 });
  await page.keyboard.press('Escape');
  await page.mouse.up();
  await expect(rows(page)).toHaveText(['One', 'Two', 'Three']);
  await device.close();
});

test('lists: by menu, by keys and with the mouse', async ({ page }) => {
  const names = ['Alpha', 'Beta', 'Gamma'].map((name) => `${name} order`);
  for (const [index, name] of names.entries()) {
    await page.request.post('/api/lists', {
      data: { name, order: -3 + index },
    });
  }
  await page.reload();
  const links = page.locator('nav li[data-list-id] a');
  const first = (titles: string[]) =>
    expect
      .poll(async () => (await links.allInnerTexts()).slice(0, 3))
      .toEqual(titles.map((title) => `${title} order`));
  await first(['Alpha', 'Beta', 'Gamma']);
  await page.getByRole('link', { name: 'Beta order' }).click();
  await page.getByRole('button', { name: 'Options of Beta order' }).click();
  await page.getByRole('menuitem', { name: 'Move up' }).click();
  await first(['Beta', 'Alpha', 'Gamma']);
  await page.getByRole('button', { name: 'Undo' }).click();
  await first(['Alpha', 'Beta', 'Gamma']);
  await handle(page, 'Alpha order').press('Enter');
  await expect(handle(page, 'Alpha order')).toHaveAttribute(
    'aria-pressed',
    'true',
  );
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await first(['Beta', 'Alpha', 'Gamma']);
  await expect(handle(page, 'Alpha order')).toBeFocused();
  await page.getByRole('link', { name: 'Gamma order' }).hover();
  const from = await centre(handle(page, 'Gamma order'));
  const top = await centre(page.getByRole('link', { name: 'Beta order' }));
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move(from.x, from.y - 10);
  await page.mouse.move(from.x, top.y - 8, { steps: 5 });
  await page.mouse.up();
  await first(['Gamma', 'Beta', 'Alpha']);
});

test.describe('by touch', () => {
  test.use({
    viewport: { width: 360, height: 740 },
    hasTouch: true,
    isMobile: true,
  });

  async function drag(page: Page, title: string, under: string) {
    const from = await centre(handle(page, title));
    const last = await centre(row(page, under));
    const touch = await page.context().newCDPSession(page);
    const send = (
      type: 'touchStart' | 'touchMove' | 'touchEnd',
      ...touchPoints: { x: number; y: number }[]
    ) => touch.send('Input.dispatchTouchEvent', { type, touchPoints });
    await send('touchStart', from);
    // A finger that does not rest before it goes begins a fling, and the next
    // tap ends that.
    for (const part of [0.1, 0.4, 0.7, 1, 1]) {
      const y = from.y + (last.y + 14 - from.y) * part;
      await send('touchMove', { x: from.x, y });
      await page.waitForTimeout(60);
    }
    await send('touchEnd');
  }

  test('a handle drags subtasks', async ({ page }) => {
    await split(page, ['Weigh', 'Stir', 'Wait']);
    await drag(page, 'Weigh', 'Stir');
    await expect(rows(page)).toHaveText(['Stir', 'Weigh', 'Wait']);
    await expect.poll(() => outboxOf(page)).toEqual([]);
    await page.getByRole('button', { name: 'Undo' }).tap();
    await expect(rows(page)).toHaveText(['Weigh', 'Stir', 'Wait']);
  });

  test('a handle drags, and the menu moves', async ({ page, browser }) => {
    const device = await otherDevice(browser, page);
    const other = await device.newPage();
    await fill(page, ['One', 'Two', 'Three']);
    await expectAccessible(page);
    await drag(page, 'One', 'Three');
    await expectEverywhere(page, other, ['Two', 'Three', 'One']);
    await page.getByRole('button', { name: 'Undo' }).tap();
    await expectEverywhere(page, other, ['One', 'Two', 'Three']);
    await page.getByRole('button', { name: 'Options of “Three”' }).tap();
    await page.getByRole('menuitem', { name: 'Move to the top' }).tap();
    await expectEverywhere(page, other, ['Three', 'One', 'Two']);
    await page.getByRole('button', { name: 'Undo' }).tap();
    await expectEverywhere(page, other, ['One', 'Two', 'Three']);
    await device.close();
  });
});
