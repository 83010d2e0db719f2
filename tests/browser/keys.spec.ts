import type { Page } from '@playwright/test';
import {
  add,
  expect,
  expectAccessible,
  onServer,
  otherDevice,
  patched,
  row,
  signIn,
  test,
} from './steady.ts';

test.beforeEach(async ({ page }) => {
  await signIn(page);
});

/** Stores tasks at the top of the inbox, in their order. */
async function store(
  page: Page,
  titles: string[],
  fields: object = {},
): Promise<void> {
  const operations = titles.map((title, index) => ({
    action: 'create',
    body: { ...fields, title, order: index - Date.now() },
  }));
  for (let from = 0; from < operations.length; from += 100) {
    const answer = await page.request.post('/api/tasks/batch', {
      data: { operations: operations.slice(from, from + 100) },
    });
    expect(answer.status()).toBe(200);
  }
  await page.reload();
  // They may have come in several parts.
  for (const title of titles) {
    await expect(row(page, title)).toBeVisible();
  }
}

const bar = (page: Page) =>
  page.getByRole('toolbar', { name: 'Selected tasks' });

test('Ctrl+Z takes back whatever was done last', async ({ page }) => {
  await add(page, 'Mend the gate');
  await row(page, 'Mend the gate').click();
  await page.getByRole('button', { name: 'Priority: No priority' }).click();
  await page.getByRole('menuitemradio', { name: 'High' }).click();
  const title = page.getByRole('textbox', { name: 'Title' });
  await title.fill('Mend the garden gate');
  // In a text field it is the browser's own.
  await title.press('ControlOrMeta+z');
  await expect(title).toHaveValue('Mend the gate');
  await title.fill('Mend the garden gate');
  await title.press('Enter');
  await expect(row(page, 'Mend the garden gate')).toBeFocused();
  await page.keyboard.press('Delete');
  await expect(row(page, 'Mend the garden gate')).toBeHidden();

  const undo = async (said: RegExp) => {
    await page.keyboard.press('ControlOrMeta+z');
    await expect(page.getByText(said)).toBeVisible();
  };
  await undo(/Taken back: Delete “Mend the garden gate”/);
  await expect(row(page, 'Mend the garden gate')).toBeVisible();
  await undo(/Taken back: Change “Mend the garden gate”/);
  await expect(row(page, 'Mend the garden gate')).toBeHidden();
  const saved = patched(page);
  await undo(/Taken back: Change “Mend the gate”/);
  await saved;
  await undo(/Taken back: Add “Mend the gate”/);
  await expect(row(page, 'Mend the gate')).toBeHidden();
});

test('a menu whose code is still on its way opens by keys', async ({
  page,
}) => {
  const device = await otherDevice(page.context().browser(), page);
  const fresh = await device.newPage();
  let arrive = () => {};
  const held = new Promise<void>((resolve) => {
    arrive = resolve;
  });
  await fresh.route('**/assets/MenuPopover-*', async (route) => {
    await held;
    await route.continue();
  });
  await fresh.goto('/inbox');
  const account = fresh.getByRole('button', { name: 'Account and settings' });
  await account.focus();
  await account.press('ArrowUp');
  // Meant for the menu: it does not lead to the new task.
  await fresh.keyboard.press('n');
  await expect(account).toBeFocused();
  arrive();
  const last = fresh.getByRole('menuitem', { name: 'Sign out' });
  await expect(last).toBeFocused();
  await fresh.keyboard.press('Escape');
  await expect(last).toBeHidden();
  await expect(account).toBeFocused();
  await fresh.keyboard.press('Enter');
  await expect(fresh.getByRole('menuitemradio').first()).toBeFocused();
  await device.close();
});

test('several tasks by keyboard: choose, tag, move, complete, undo', async ({
  page,
}) => {
  const titles = ['Sand the door', 'Prime the door', 'Paint the door'];
  await store(page, [...titles, 'Door stays out']);
  await row(page, 'Sand the door').focus();
  await page.keyboard.press('Shift+ArrowDown');
  await page.keyboard.press('Shift+ArrowDown');
  await expect(bar(page)).toContainText('3 selected');
  await expect(row(page, 'Paint the door')).toBeFocused();
  await expectAccessible(page);

  await page.keyboard.press('t');
  await expect(page.getByRole('dialog', { name: 'Tags' })).toBeVisible();
  await page.keyboard.type('handiwork');
  await expect(
    page.getByRole('menuitem', { name: 'New tag “handiwork”' }),
  ).toBeVisible();
  await expectAccessible(page);
  await page.keyboard.press('Enter');
  await expect(page.getByText('3 tasks tagged “handiwork”')).toBeVisible();
  await expect(row(page, 'Paint the door')).toContainText('handiwork');
  await expect(row(page, 'Door stays out')).not.toContainText('handiwork');

  await page.keyboard.press('1');
  await expect(row(page, 'Prime the door')).toContainText('Priority: High');
  await page.keyboard.press('x');
  await expect(row(page, 'Prime the door')).toBeHidden();
  await expect(bar(page)).toBeHidden();
  await page.keyboard.press('ControlOrMeta+z');
  for (const title of titles) {
    await expect(row(page, title)).toBeVisible();
  }

  await row(page, 'Paint the door').focus();
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.press('a');
  await expect(page.getByRole('button', { name: 'Select all' })).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(bar(page)).toBeHidden();
});

test('the pointer selects ranges, and the palette acts on them', async ({
  page,
}) => {
  await store(page, ['Pack one', 'Pack two', 'Pack three', 'Pack four']);
  await row(page, 'Pack one').click({ modifiers: ['ControlOrMeta'] });
  await row(page, 'Pack three').click({ modifiers: ['Shift'] });
  await row(page, 'Pack two').click({ modifiers: ['ControlOrMeta'] });
  await expect(bar(page)).toContainText('2 selected');
  await page.keyboard.press('ControlOrMeta+k');
  const palette = page.getByRole('dialog', { name: 'Commands' });
  const field = palette.getByRole('searchbox');
  await field.fill('delete');
  // It names the active item a moment after the typing.
  const isNamed = () =>
    field.evaluate((input) => {
      const id = input.getAttribute('aria-activedescendant');
      return id !== null && document.getElementById(id) !== null;
    });
  await expect.poll(isNamed).toBe(true);
  await expectAccessible(page);
  await page.keyboard.press('Enter');
  await expect(row(page, 'Pack one')).toBeHidden();
  await expect(row(page, 'Pack two')).toBeVisible();
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(row(page, 'Pack three')).toBeVisible();
});

test('the palette goes everywhere and finds tasks', async ({ page }) => {
  await add(page, 'Ask about the zeppelin');
  const palette = page.getByRole('dialog', { name: 'Commands' });
  const find = async (text: string, name: string) => {
    await page.keyboard.press('ControlOrMeta+k');
    await expect(palette).toBeVisible();
    await page.keyboard.type(text);
    await expect(palette.getByRole('menuitem', { name })).toHaveAttribute(
      'data-focused',
      'true',
    );
    await page.keyboard.press('Enter');
  };
  await find('upc', 'Upcoming');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Upcoming');
  await find('zeppelin', 'Ask about the zeppelin');
  await expect(page.getByRole('textbox', { name: 'Title' })).toHaveValue(
    'Ask about the zeppelin',
  );
});

test('two keys go to a view, and single keys can be turned off', async ({
  page,
}) => {
  const heading = page.getByRole('heading', { level: 1 });
  await page.keyboard.press('g');
  await page.keyboard.press('t');
  await expect(heading).toHaveText('Today');
  await page.keyboard.press('?');
  const sheet = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
  const single = sheet.getByRole('checkbox', { name: /single key/ });
  await single.uncheck();
  await expectAccessible(page);
  await page.keyboard.press('Escape');
  await page.keyboard.press('g');
  await page.keyboard.press('i');
  await page.keyboard.press('?');
  await expect(sheet).toBeHidden();
  await expect(heading).toHaveText('Today');
  await page.getByRole('button', { name: 'Account and settings' }).click();
  await page.getByRole('menuitem', { name: 'Keyboard shortcuts' }).click();
  await single.check();
  await page.keyboard.press('Escape');
  await page.keyboard.press('g');
  await page.keyboard.press('i');
  await expect(heading).toHaveText('Inbox');
});

test('many tasks are completed at once, and by one undo open again', async ({
  page,
}) => {
  const titles = Array.from({ length: 60 }, (_, index) => `Bulk ${index}.`);
  await store(page, titles);
  const sent: string[] = [];
  page.on('request', (request) => {
    if (request.method() !== 'GET') {
      sent.push(new URL(request.url()).pathname);
    }
  });
  await row(page, 'Bulk 0.').focus();
  await page.keyboard.press('s');
  await page.getByRole('button', { name: 'Select all' }).click();
  await page.getByRole('button', { name: 'Complete', exact: true }).click();
  await expect(page.getByText(/^\d\d tasks completed/)).toBeVisible();
  await expect(row(page, 'Bulk 0.')).toBeHidden();
  const done = async () =>
    (await onServer(page.request)).filter(
      ({ title, completed }) => title.startsWith('Bulk') && completed,
    ).length;
  await expect.poll(done, { timeout: 30_000 }).toBe(60);
  await page.keyboard.press('ControlOrMeta+z');
  await expect(row(page, 'Bulk 0.')).toBeVisible();
  await expect.poll(done, { timeout: 30_000 }).toBe(0);
  expect(sent).toEqual(['/api/tasks/batch', '/api/tasks/batch']);
});

test('a tag has a view, and its changes on all tasks are undone at once', async ({
  page,
}) => {
  const odd = 'a/b 50% #ä?';
  const heading = page.getByRole('heading', { level: 1 });
  await store(page, ['Oil the chain', 'Pump the tyres'], { tags: [odd] });
  await store(page, ['Clean the bike'], { tags: ['bike'] });
  await page.getByRole('link', { name: `${odd} 2 open tasks` }).click();
  await expect(heading).toHaveText(odd);
  await page.reload();
  await expect(heading).toHaveText(odd);
  await expect(row(page, 'Oil the chain')).toBeVisible();
  await expect(row(page, 'Clean the bike')).toBeHidden();
  await expectAccessible(page);

  await page.getByRole('button', { name: `Options of the tag ${odd}` }).click();
  await page.getByRole('menuitem', { name: 'Rename tag' }).click();
  await page.getByRole('textbox', { name: 'Name' }).fill('bike');
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Merge' }).click();
  await expect(heading).toHaveText('bike');
  await expect(row(page, 'Pump the tyres')).toBeVisible();
  await expect(row(page, 'Clean the bike')).toBeVisible();
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(heading).toHaveText(odd);
  await expect(row(page, 'Pump the tyres')).toBeVisible();
  await expect(row(page, 'Clean the bike')).toBeHidden();

  await page.getByRole('button', { name: `Options of the tag ${odd}` }).click();
  await page.getByRole('menuitem', { name: 'Delete tag' }).click();
  await expect(page.getByRole('link', { name: odd })).toBeHidden();
  await page.keyboard.press('ControlOrMeta+z');
  await expect(
    page.getByRole('link', { name: `${odd} 2 open tasks` }),
  ).toBeVisible();
  await page.getByText('bike', { exact: true }).last().click();
  await expect(heading).toHaveText('bike');
});

test('search marks what it found, and several come back from the trash', async ({
  page,
}) => {
  await store(page, ['Café list', 'Shop'], { notes: 'Buy the espresso cups' });
  await page.keyboard.press('/');
  await page.getByRole('searchbox').fill('cafe espr');
  await expect(page.locator('mark')).toHaveText(['Café', 'espr']);
  await expectAccessible(page);
  await page.keyboard.press('Escape');
  await page.getByRole('searchbox').fill('espresso');
  await expect(row(page, 'Shop')).toContainText('Buy the espresso cups');
  await row(page, 'Shop').focus();
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.press('Delete');
  await expect(row(page, 'Shop')).toBeHidden();

  await page.keyboard.press('g');
  await page.keyboard.press('b');
  await expect(page.getByText(/restored for 30 days/)).toBeVisible();
  await page.getByRole('button', { name: 'Select tasks' }).click();
  await page.getByRole('checkbox', { name: 'Select “Shop”' }).check();
  await page.getByRole('checkbox', { name: 'Select “Café list”' }).check();
  await expectAccessible(page);
  await bar(page).getByRole('button', { name: 'Restore' }).click();
  await expect(page.getByText('2 tasks restored')).toBeVisible();
  await page.keyboard.press('g');
  await page.keyboard.press('i');
  await expect(row(page, 'Café list')).toBeVisible();
  await expect(row(page, 'Shop')).toBeVisible();
});

test.describe('by touch', () => {
  test.use({ viewport: { width: 360, height: 740 }, hasTouch: true });

  test('a long press selects, taps add, the bar acts', async ({ page }) => {
    await store(page, ['Tap one', 'Tap two', 'Tap three']);
    const box = await row(page, 'Tap one').boundingBox();
    const session = await page.context().newCDPSession(page);
    const point = { x: (box?.x ?? 0) + 40, y: (box?.y ?? 0) + 20 };
    await session.send('Input.dispatchTouchEvent', {
      type: 'touchStart',
      touchPoints: [point],
    });
    await expect(bar(page)).toContainText('1 selected');
    await session.send('Input.dispatchTouchEvent', {
      type: 'touchEnd',
      touchPoints: [],
    });
    await row(page, 'Tap two').tap();
    await expect(bar(page)).toContainText('2 selected');
    const beyond = await page.evaluate(
      () => document.documentElement.scrollWidth - innerWidth,
    );
    expect(beyond).toBe(0);
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Complete', exact: true }).tap();
    await expect(row(page, 'Tap two')).toBeHidden();
    await page.getByRole('button', { name: 'Undo' }).tap();
    await expect(row(page, 'Tap two')).toBeVisible();
    await expect(row(page, 'Tap one')).toBeVisible();
  });
});
