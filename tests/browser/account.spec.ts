import {
  ACCOUNT,
  expect,
  expectAccessible,
  signInByForm,
  test,
} from './steady.ts';

test.describe.configure({ mode: 'serial' });

test('the first visitor makes the first account', async ({ page }) => {
  await page.goto('/');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(
    'Welcome to Steady',
  );
  await expectAccessible(page);
  await page.getByLabel('Name').fill(ACCOUNT.name);
  await page.getByLabel('Email').fill('not an address');
  await page.getByRole('textbox', { name: 'Password' }).fill('short');
  await page.getByRole('button', { name: 'Create account' }).click();
  await expect(page.getByText('Enter an email address')).toBeVisible();
  await expect(page.getByText('Use at least 8 characters')).toBeVisible();
  await page.getByLabel('Email').fill(ACCOUNT.email);
  await page.getByRole('textbox', { name: 'Password' }).fill(ACCOUNT.password);
  await page.getByRole('button', { name: 'Create account' }).click();
  await expect(page.getByText('Your inbox is clear')).toBeVisible();
  await expectAccessible(page);
});

test('sign-up is closed afterwards, and says so', async ({ page }) => {
  await page.goto('/sign-up');
  await expect(page.getByText('New accounts are closed')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Sign in' })).toBeVisible();
});

test('signs out and in; a wrong password is told', async ({ page }) => {
  await signInByForm(page);
  await page.getByRole('button', { name: 'Account and settings' }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(
    'Welcome back',
  );
  await page.reload();
  await expect(page.getByRole('button', { name: 'Sign in' })).toBeVisible();
  await page.getByLabel('Email').fill(ACCOUNT.email);
  await page.getByRole('textbox', { name: 'Password' }).fill('not the one');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByRole('alert')).toContainText('is wrong');
  await expectAccessible(page);
  await signInByForm(page);
});
