import { add, expect, expectAccessible, row, test } from './steady.ts';

// Against a Steady with STEADY_AUTH=none: one person, no sign-in.

test('where nobody signs in, nobody is offered to sign out', async ({
  page,
}) => {
  await page.goto('/sign-in');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Inbox');
  await add(page, 'Only for me');
  await page.getByRole('button', { name: 'Account and settings' }).click();
  await expect(page.getByRole('menuitemradio', { name: 'Dark' })).toBeVisible();
  await expect(page.getByRole('menuitem', { name: 'Sign out' })).toHaveCount(0);
  await expectAccessible(page);
  await page.reload();
  await expect(row(page, 'Only for me')).toBeVisible();
});
