import { AxeBuilder } from '@axe-core/playwright';
import { test as base, expect, type Page } from '@playwright/test';

export const ACCOUNT = {
  name: 'Anna Lind',
  email: 'anna@example.org',
  password: 'correct horse battery staple',
};

/**
 * A page on which nothing may be refused by the content security policy, go
 * to another host, fail in a script, or open a dialog of the browser.
 */
export const test = base.extend<{ guard: undefined }>({
  guard: [
    async ({ page, baseURL }, use) => {
      const wrong: string[] = [];
      page.on('console', (message) => {
        if (/content security policy|refused to/i.test(message.text())) {
          wrong.push(`console: ${message.text()}`);
        }
      });
      page.on('pageerror', (error) => wrong.push(`script: ${error.message}`));
      page.on('dialog', (dialog) => {
        wrong.push(`dialog: ${dialog.message()}`);
        void dialog.dismiss();
      });
      page.on('request', (request) => {
        if (new URL(request.url()).origin !== new URL(baseURL ?? '').origin) {
          wrong.push(`third party: ${request.url()}`);
        }
      });
      await use(undefined);
      expect(wrong).toEqual([]);
    },
    { auto: true },
  ],
});

export { expect };

export async function signIn(page: Page): Promise<void> {
  await page.goto('/sign-in');
  await page.getByLabel('Email').fill(ACCOUNT.email);
  await page.getByRole('textbox', { name: 'Password' }).fill(ACCOUNT.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Inbox');
}

/** Adds a task in the view that is shown and waits until it is stored. */
export async function add(page: Page, title: string): Promise<void> {
  const stored = page.waitForResponse(
    (answer) =>
      answer.request().method() === 'POST' &&
      new URL(answer.url()).pathname === '/api/tasks',
  );
  const field = page.getByRole('textbox', { name: /^Add a task/ });
  await field.fill(title);
  await field.press('Enter');
  expect((await stored).status()).toBe(201);
  await expect(row(page, title)).toBeVisible();
}

/** The button of a task's row, by the beginning of its title. */
export function row(page: Page, title: string) {
  return page
    .getByRole('listitem')
    .filter({ hasText: title })
    .getByRole('button', { name: title })
    .first();
}

/** A change has reached the server, whichever tab has sent it. */
export function patched(page: Page) {
  return page
    .context()
    .waitForEvent(
      'response',
      (answer) => answer.request().method() === 'PATCH' && answer.ok(),
    );
}

/** axe on what is shown, in both themes. */
export async function expectAccessible(page: Page): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    const { violations } = await new AxeBuilder({ page }).analyze();
    const found = violations.map(
      (rule) => `${colorScheme}: ${rule.id}: ${rule.nodes[0]?.html}`,
    );
    expect(found).toEqual([]);
  }
}
