import { add, expect, expectAccessible, row, signIn, test } from './steady.ts';

test.beforeEach(async ({ page }) => {
  await signIn(page);
});

test('makes a list, moves a task into it, deletes it, undoes it', async ({
  page,
}) => {
  await add(page, 'Paint the fence');
  await page.getByRole('button', { name: 'New list' }).click();
  await expectAccessible(page);
  await page.getByLabel('Name').fill('Garden');
  await page.getByRole('radio', { name: 'Green' }).check();
  await page.getByRole('button', { name: 'Create list' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Garden');
  await add(page, 'Sow the beans');

  await page.getByRole('link', { name: 'Inbox' }).click();
  await row(page, 'Paint the fence').click();
  await page.getByRole('button', { name: /^Move to a list/ }).click();
  await page.getByRole('menuitemradio', { name: 'Garden' }).click();
  await page.getByRole('button', { name: 'Done' }).click();
  await expect(row(page, 'Paint the fence')).toBeHidden();

  await page.getByRole('link', { name: /Garden.*2 open tasks/ }).click();
  await expect(row(page, 'Paint the fence')).toBeVisible();
  await page.getByRole('button', { name: 'Options of Garden' }).click();
  await page.getByRole('menuitem', { name: 'Edit list' }).click();
  await page.getByLabel('Name').fill('Allotment');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Allotment');

  await page.getByRole('button', { name: 'Options of Allotment' }).click();
  await page.getByRole('menuitem', { name: 'Delete list' }).click();
  await expect(page.getByRole('link', { name: /Allotment/ })).toBeHidden();
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Allotment');
  await expect(row(page, 'Sow the beans')).toBeVisible();
});
