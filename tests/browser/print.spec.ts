import { add, expect, signIn, test } from './steady.ts';

test('a view prints as a checklist, whole and without the page', async ({
  page,
}) => {
  await page.addInitScript(() => {
    // The browser's dialog would wait for a person.
    window.print = () => document.body.setAttribute('data-printing', '');
  });
  await signIn(page);
  await page.emulateMedia({ colorScheme: 'dark' });
  await add(page, 'Buy stamps');
  const total = 80;
  await page.evaluate(async (count) => {
    const due = { date: '2026-12-24', time: '09:30', time_zone: null };
    const operations = Array.from({ length: count }, (_, index) => ({
      action: 'create',
      body: { title: `Printed ${index}.`, notes: `Notes ${index}.`, due },
    }));
    await fetch('/api/tasks/batch', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ operations }),
    });
  }, total);
  await page.reload();
  await expect(page.getByRole('listitem').first()).toBeVisible();
  await page.keyboard.press('Control+p');
  await expect(page.locator('body[data-printing]')).toBeAttached();
  await page.emulateMedia({ media: 'print' });
  const sheet = page.locator('[data-print-sheet]');
  for (const text of ['Buy stamps', 'Printed 0.', 'Notes 79.']) {
    await expect(sheet.getByText(text, { exact: true })).toBeVisible();
  }
  await expect(sheet.getByText(/24 Dec, 09:30/).first()).toBeVisible();
  await expect(sheet.getByText('Printed 79.')).toHaveCSS(
    'color',
    'rgb(31, 36, 40)',
  );
  await expect(page.getByRole('button')).toHaveCount(0);
  await expect(page.getByRole('link')).toHaveCount(0);
  await expect(page.getByRole('textbox')).toHaveCount(0);
  await page.emulateMedia({ media: 'screen' });
  await page.evaluate(() => window.dispatchEvent(new Event('afterprint')));
  await expect(sheet).toHaveCount(0);

  await page.getByRole('button', { name: 'Account and settings' }).click();
  await page.getByRole('menuitem', { name: 'Print this view' }).click();
  await expect(sheet).toHaveCount(1);
});
