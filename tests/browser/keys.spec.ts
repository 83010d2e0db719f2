import { add, expect, patched, row, signIn, test } from './steady.ts';

test.beforeEach(async ({ page }) => {
  await signIn(page);
});

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
