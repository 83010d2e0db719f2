import { add, expect, expectAccessible, row, signIn, test } from './steady.ts';

test.describe('on a phone', () => {
  test.use({ viewport: { width: 360, height: 740 }, hasTouch: true });

  test('the drawer leads everywhere and nothing overflows', async ({
    page,
  }) => {
    await signIn(page);
    await add(page, 'A title as long as titles get, so that it has to wrap');
    for (const place of ['Today', 'Upcoming', 'Completed', 'Trash']) {
      await page.getByRole('button', { name: 'Open the menu' }).click();
      await page.getByRole('dialog').getByRole('link', { name: place }).click();
      await expect(page.getByRole('heading', { level: 1 })).toHaveText(place);
      await expect(page.getByRole('dialog')).toBeHidden();
      const beyond = await page.evaluate(
        () => document.documentElement.scrollWidth - innerWidth,
      );
      expect(beyond).toBe(0);
    }
    await page.getByRole('button', { name: 'Open the menu' }).click();
    await expectAccessible(page);
  });

  test('the calendar of a due date shows the whole month', async ({ page }) => {
    await page.setViewportSize({ width: 360, height: 600 });
    await signIn(page);
    await page.goto('/upcoming');
    await add(page, 'Choose a day');
    await row(page, 'Choose a day').click();
    await page.getByRole('button', { name: /^Due date/ }).click();
    const days = page.getByRole('grid').getByRole('button');
    await expect(days.first()).toBeInViewport({ ratio: 1 });
    await expect(days.last()).toBeInViewport({ ratio: 1 });
    await expectAccessible(page);
  });
});

test('the theme can be chosen and is kept', async ({ page }) => {
  await signIn(page);
  await page.getByRole('button', { name: 'Account and settings' }).click();
  await page.getByRole('menuitemradio', { name: 'Dark' }).click();
  await page.reload();
  await expect(page.locator('html')).toHaveCSS('color-scheme', 'dark');
});

test('scrolling leads to the last of many rows', async ({ page }) => {
  await signIn(page);
  const total = 160;
  for (let from = 0; from < total; from += 80) {
    const operations = Array.from({ length: 80 }, (_, index) => ({
      action: 'create',
      body: {
        title: `Row ${from + index + 1}`,
        order: 1_000_000 + from + index,
      },
    }));
    const answer = await page.request.post('/api/tasks/batch', {
      data: { operations },
    });
    expect(answer.status()).toBe(200);
  }
  await page.reload();
  await expect(async () => {
    await page.getByRole('listitem').last().scrollIntoViewIfNeeded();
    expect(await row(page, `Row ${total}`).isVisible()).toBe(true);
  }).toPass({ intervals: [50] });
});

test('the first load is small', async ({ page }) => {
  await signIn(page);
  const cold = await page
    .context()
    .browser()
    ?.newContext({
      storageState: await page.context().storageState(),
      baseURL: new URL(page.url()).origin,
    });
  const fresh = await cold?.newPage();
  await fresh?.goto('/inbox');
  await fresh?.getByRole('listitem').first().waitFor();
  await fresh?.waitForLoadState('networkidle');
  const sizes = await fresh?.evaluate(() =>
    [
      ...performance.getEntriesByType('navigation'),
      ...performance.getEntriesByType('resource'),
    ]
      // The tasks themselves are as many as there are.
      .filter(({ name }) => !new URL(name).pathname.startsWith('/api/'))
      .map((entry) => (entry as PerformanceResourceTiming).encodedBodySize),
  );
  const bytes = sizes?.reduce((sum, size) => sum + size, 0) ?? Infinity;
  console.log(`first load: ${sizes?.length} requests, ${bytes} bytes`);
  expect(sizes?.length).toBeLessThanOrEqual(8);
  expect(bytes).toBeLessThanOrEqual(200_000);
  await cold?.close();
});
