import {
  expect,
  expectAccessible,
  onServer,
  row,
  signIn,
  test,
} from './steady.ts';

test.beforeEach(async ({ page }) => {
  await signIn(page);
});

test('a line becomes a task with all that it says', async ({ page }) => {
  const field = page.getByRole('textbox', { name: /^Add a task/ });
  const chips = page.getByRole('list', { name: 'Read from what you typed' });
  const chip = (name: RegExp) => chips.getByRole('button', { name });

  await field.fill('pay rent tomorrow 9am every month #home !high');
  await expect(chips.getByRole('button')).toHaveText([
    'Tomorrow',
    '09:00',
    'Every month',
    'home',
    'Priority: High',
  ]);
  await expectAccessible(page);
  await chip(/^Priority: High: keep/).click();
  await expect(field).toBeFocused();
  await expect(chip(/^Priority/)).toBeHidden();
  await chip(/^home: keep “#home”/).focus();
  await page.keyboard.press('Enter');
  await expect(chips.getByRole('button')).toHaveCount(3);
  await field.press('Enter');
  const rent = row(page, 'pay rent #home !high');
  await expect(rent).toContainText('Tomorrow');
  await expect(rent.getByRole('img', { name: 'Repeats' })).toBeVisible();

  // Backspace behind the words gives them back before it deletes.
  await field.pressSequentially('Read tomorrow');
  await expect(chip(/^Tomorrow/)).toBeVisible();
  await field.press('Backspace');
  await expect(field).toHaveValue('Read tomorrow');
  await expect(chips).toBeHidden();
  await field.press('Enter');
  await expect(row(page, 'Read tomorrow')).toBeVisible();
  await field.fill('Call "Friday" and write the weekly report p2');
  await field.press('Enter');
  await expect(
    row(page, 'Call "Friday" and write the weekly report'),
  ).toContainText('Priority: Medium');

  await page.goto('/today');
  await field.fill('Dentist tomorrow at 9');
  await field.press('Enter');
  await expect(page.getByText('Added for Tomorrow')).toBeVisible();
  await expect
    .poll(async () => (await onServer(page.request)).map(({ title }) => title))
    .toEqual(expect.arrayContaining(['Dentist', 'Read tomorrow']));
});

test.describe('without a service worker, which would bring the parser', () => {
  test.use({ serviceWorkers: 'block' });

  test('what is added before the parser has come is read all the same', async ({
    page,
  }) => {
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    await page.context().route(/\/assets\/quickAdd-/, async (route) => {
      await held;
      await route.continue();
    });
    await page.reload();
    const field = page.getByRole('textbox', { name: /^Add a task/ });
    await field.fill('Early bird tomorrow #fast');
    await field.press('Enter');
    await expect(field).toHaveValue('');
    release();
    const early = row(page, 'Early bird');
    await expect(early).toContainText('Tomorrow');
    await expect(early).not.toContainText('Early bird tomorrow');
  });
});

test('several pasted lines become tasks, undone as one', async ({ page }) => {
  const field = page.getByRole('textbox', { name: /^Add a task/ });
  const paste = (text: string) =>
    field.evaluate((input, pasted) => {
      const data = new DataTransfer();
      data.setData('text/plain', pasted);
      input.dispatchEvent(
        new ClipboardEvent('paste', { clipboardData: data, bubbles: true }),
      );
    }, text);
  await paste('- Tent\n- [ ] Stove tomorrow\n- Rope #camp\n');
  const add = page.getByRole('button', { name: 'Add 3 tasks' });
  await expect(add).toBeFocused();
  await expectAccessible(page);
  await page.keyboard.press('Escape');
  await expect(add).toBeHidden();
  await paste('Tent\nStove tomorrow\nRope #camp');
  await page.keyboard.press('Enter');
  await expect(row(page, 'Stove')).toContainText('Tomorrow');
  const titles = await page
    .getByRole('main')
    .getByRole('listitem')
    .allInnerTexts();
  expect(titles.slice(0, 3).map((text) => text.split('\n')[0])).toEqual([
    'Tent',
    'Stove',
    'Rope',
  ]);
  await page.getByRole('button', { name: 'Undo' }).click();
  for (const title of ['Tent', 'Stove', 'Rope']) {
    await expect(row(page, title)).toBeHidden();
  }
});
