import {
  add,
  complete,
  expect,
  expectAccessible,
  patched,
  row,
  signIn,
  test,
} from './steady.ts';

test.beforeEach(async ({ page }) => {
  await signIn(page);
});

test('adds three tasks, which a reload still shows', async ({ page }) => {
  const titles = ['Buy oat milk', 'Call Grandma', 'Fix the bike'];
  for (const title of titles) {
    await add(page, title);
  }
  await page.reload();
  for (const title of titles) {
    await expect(row(page, title)).toBeVisible();
  }
  await expectAccessible(page);
});

test('completes a task and takes it back', async ({ page }) => {
  await add(page, 'Empty the bins');
  const done = patched(page);
  await complete(page, 'Empty the bins');
  await done;
  await expect(row(page, 'Empty the bins')).toBeHidden();
  await page.getByRole('link', { name: 'Completed' }).click();
  await expect(row(page, 'Empty the bins')).toBeVisible();
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(row(page, 'Empty the bins')).toBeHidden();
  await page.getByRole('link', { name: 'Inbox' }).click();
  await expect(row(page, 'Empty the bins')).toBeVisible();
});

test('edits title and notes in place', async ({ page }) => {
  await add(page, 'Bok the ferry');
  await row(page, 'Bok the ferry').click();
  const title = page.getByRole('textbox', { name: 'Title' });
  await expect(title).toBeFocused();
  await title.fill('Something else');
  await title.press('Escape');
  await expect(title).toHaveValue('Bok the ferry');
  await title.fill('Book the ferry');
  await page.getByRole('textbox', { name: 'Notes' }).fill('Two bikes');
  await expectAccessible(page);
  const saved = patched(page);
  await page.getByRole('button', { name: 'Done' }).click();
  await saved;
  await page.reload();
  await row(page, 'Book the ferry').click();
  await expect(page.getByRole('textbox', { name: 'Notes' })).toHaveValue(
    'Two bikes',
  );
});

test('gives a task a due day and a time', async ({ page }) => {
  await add(page, 'Water the plants');
  await row(page, 'Water the plants').click();
  await page.getByRole('button', { name: /^Due date/ }).click();
  await page.getByRole('grid').waitFor();
  await expectAccessible(page);
  const saved = patched(page);
  await page.getByRole('button', { name: 'Today', exact: true }).click();
  await saved;
  await page.getByRole('button', { name: /^Due date: Today/ }).click();
  await page.getByRole('spinbutton', { name: /hour/ }).click();
  await page.keyboard.type('0930');
  const timed = patched(page);
  await page.getByRole('button', { name: 'Apply' }).click();
  await timed;
  await page.getByRole('button', { name: 'Done' }).click();
  await page.getByRole('link', { name: /Today/ }).click();
  await expect(row(page, 'Water the plants')).toContainText('09:30');
  await expectAccessible(page);
});

test('deletes a task, undoes it, and restores it from the trash', async ({
  page,
}) => {
  await add(page, 'Sell the sofa');
  await row(page, 'Sell the sofa').focus();
  await page.keyboard.press('Delete');
  await expect(row(page, 'Sell the sofa')).toBeHidden();
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(row(page, 'Sell the sofa')).toBeVisible();
  await row(page, 'Sell the sofa').focus();
  await page.keyboard.press('Delete');
  await page.getByRole('link', { name: 'Trash' }).click();
  const restore = page.getByRole('button', { name: /Restore “Sell the sofa/ });
  await expect(restore).toBeVisible();
  await expectAccessible(page);
  await restore.click();
  await expect(restore).toBeHidden();
  await page.getByRole('link', { name: 'Inbox' }).click();
  await expect(row(page, 'Sell the sofa')).toBeVisible();
});

test('finds a task by the beginning of a word, as one types', async ({
  page,
}) => {
  await add(page, 'Compare the electricity tariffs');
  await page.keyboard.press('Escape');
  await page.keyboard.press('/');
  await page.getByRole('searchbox').pressSequentially('electr');
  await expect(row(page, 'Compare the electricity')).toBeVisible();
  expect(new URL(page.url()).search).toBe('');
  await expectAccessible(page);
  await row(page, 'Compare the electricity').click();
  await expect(page.getByRole('textbox', { name: 'Title' })).toBeVisible();
  await page.reload();
  await expect(page.getByRole('searchbox')).toHaveValue('electr');
  await page.getByRole('button', { name: 'Done' }).click();
  await expect(row(page, 'Compare the electricity')).toBeVisible();
  await expect(page.getByRole('searchbox')).toHaveValue('electr');
  await page.getByRole('searchbox').fill('nothing like it');
  await expect(page.getByText('No task matches')).toBeVisible();
});

test('works by keyboard alone', async ({ page }) => {
  await page.getByRole('link', { name: 'Trash' }).click();
  await page.keyboard.press('n');
  await page.keyboard.type('Typed without a mouse');
  await page.keyboard.press('Enter');
  await expect(row(page, 'Typed without a mouse')).toBeVisible();
  await page.keyboard.press('Escape');
  await page.keyboard.press('j');
  await expect(row(page, 'Typed without a mouse')).toBeFocused();
  await page.keyboard.press('e');
  await page.keyboard.type(', twice');
  const saved = patched(page);
  await page.keyboard.press('Enter');
  await saved;
  await expect(row(page, 'Typed without a mouse, twice')).toBeFocused();
  const done = patched(page);
  await page.keyboard.press('x');
  await done;
  await expect(row(page, 'Typed without a mouse')).toBeHidden();
  await page.keyboard.press('?');
  await expect(
    page.getByRole('dialog', { name: 'Keyboard shortcuts' }),
  ).toBeVisible();
  await expectAccessible(page);
});

test('hostile text is shown as text', async ({ page }) => {
  const hostile = '<img src=x onerror=alert(1)>';
  await add(page, hostile);
  await row(page, hostile).click();
  const saved = patched(page);
  await page.getByRole('textbox', { name: 'Notes' }).fill(hostile);
  await page.getByRole('button', { name: 'Done' }).click();
  await saved;
  await page.keyboard.press('/');
  await page.getByRole('searchbox').fill('onerror');
  await expect(row(page, hostile)).toBeVisible();
  await expect(page.locator('img')).toHaveCount(0);
});
