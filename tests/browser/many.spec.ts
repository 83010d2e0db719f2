import type { Page } from '@playwright/test';
import { OwnSteady } from './own.ts';
import { expect, expectAccessible, row, test } from './steady.ts';

/*
 * Somebody with 10,000 tasks in one list: what is drawn is a part of it, and
 * nobody may notice. Nobody signs in; the tests build on each other.
 */
test.describe.configure({ mode: 'serial' });
// A trace of each row costs more than all that the page does.
test.use({ trace: 'off' });
test.setTimeout(180_000);

const TOTAL = 10_000;
const NODES = 1500;

const steady = new OwnSteady();
let path = '';

test.beforeAll(async ({ playwright }) => {
  await steady.start('STEADY_AUTH=none');
  const api = await playwright.request.newContext({ baseURL: steady.url });
  const made = await api.post('/api/lists', { data: { name: 'Everything' } });
  const { id } = await made.json();
  path = `${steady.url}/lists/${id}`;
  for (let from = 0; from < TOTAL; from += 100) {
    const operations = Array.from({ length: 100 }, (_, index) => {
      const number = from + index;
      // Rows of two heights.
      const notes = number % 3 === 0 ? 'With a second line.' : '';
      const body = { title: `Task ${number}.`, list_id: id, notes };
      return { action: 'create', body: { ...body, order: number } };
    });
    const answer = await api.post('/api/tasks/batch', { data: { operations } });
    expect(answer.status()).toBe(200);
  }
  await api.dispose();
});

test.afterAll(() => steady.stop());

// The page's own address is another than that of the journeys.
test.use({ baseURL: async ({ baseURL: _ }, use) => use(steady.url) });

async function open(page: Page): Promise<void> {
  await page.goto(path);
  await expect(row(page, 'Task 0.')).toBeVisible({ timeout: 30_000 });
  const link = page.getByRole('link', { name: /^Everything/ });
  await expect(link).toContainText(`${TOTAL}`, { timeout: 120_000 });
  await expect
    .poll(() => page.evaluate(() => document.body.scrollHeight))
    .toBeGreaterThan(40 * TOTAL);
}

/** Scrolls and says what is there, once it is drawn, instead of rows. */
function blanksAt(page: Page, top: number): Promise<string[]> {
  return page.evaluate(async (to) => {
    window.scrollTo(0, to);
    await new Promise((done) => requestAnimationFrame(done));
    await new Promise((done) => setTimeout(done));
    const end = document.querySelector('#main ul')?.getBoundingClientRect();
    return [150, 300, 450, 600, 750]
      .filter((y) => y < (end?.bottom ?? 0))
      .map((y) => document.elementFromPoint(900, y))
      .filter((element) => !element?.closest('[data-task-id]'))
      .map((element) => `${to}: ${element?.outerHTML.slice(0, 80)}`);
  }, top);
}

const focused = (page: Page) =>
  page.evaluate(() => document.activeElement?.textContent);

test('10,000 tasks are one list without a blank row', async ({ page }) => {
  await open(page);
  const nodes = () =>
    page.evaluate(() => document.querySelectorAll('*').length);
  expect(await nodes()).toBeLessThan(NODES);
  const first = page.getByRole('listitem').filter({ hasText: 'Task 0.' });
  await expect(first).toHaveAttribute('aria-setsize', `${TOTAL}`);
  await expect(first).toHaveAttribute('aria-posinset', '1');
  const height = await page.evaluate(() => document.body.scrollHeight);
  const blanks: string[] = [];
  // By screens, by jumps, and back from the end.
  for (let top = 200; top < 20_000; top += 650) {
    blanks.push(...(await blanksAt(page, top)));
  }
  for (let top = 20_000; top < height + 40_000; top += 20_000) {
    blanks.push(...(await blanksAt(page, top)));
  }
  expect(blanks).toEqual([]);
  await expect(row(page, `Task ${TOTAL - 1}.`)).toBeInViewport();
  expect(await nodes()).toBeLessThan(NODES);
  const drawn = await page.locator('[data-task-main]').allTextContents();
  const last = drawn.map((text) => Number(/Task (\d+)/.exec(text)?.[1]));
  expect(last).toEqual(last.map((_, index) => TOTAL - last.length + index));
  await expectAccessible(page);
});

test('keys lead over the edge of what is drawn', async ({ page }) => {
  await open(page);
  await row(page, 'Task 0.').focus();
  for (let step = 0; step < 60; step += 1) {
    await page.keyboard.press('j');
  }
  expect(await focused(page)).toBe('Task 60.');
  await expect(row(page, 'Task 60.')).toBeInViewport();
  // What has the focus keeps it while it is out of sight.
  expect(await blanksAt(page, 200_000)).toEqual([]);
  expect(await focused(page)).toBe('Task 60.');
  await page.keyboard.press('j');
  expect(await focused(page)).toBe('Task 61.');
  await expect(row(page, 'Task 61.')).toBeInViewport();

  // To a row that is not drawn: the last one.
  await page.getByRole('heading', { level: 1 }).click();
  await page.evaluate(() => (document.activeElement as HTMLElement).blur());
  await page.keyboard.press('k');
  await expect(row(page, `Task ${TOTAL - 1}.`)).toBeFocused();
  await expect(row(page, `Task ${TOTAL - 1}.`)).toBeInViewport();
});

test('a selection reaches over what is not drawn', async ({ page }) => {
  await open(page);
  await row(page, 'Task 3.').click({ modifiers: ['ControlOrMeta'] });
  await blanksAt(page, 300_000);
  const far = page.locator('[data-task-main]').nth(15);
  const number = Number(/Task (\d+)/.exec(await far.innerText())?.[1]);
  expect(number).toBeGreaterThan(5000);
  await far.click({ modifiers: ['Shift'] });
  const bar = page.getByRole('toolbar', { name: 'Selected tasks' });
  await expect(bar.getByRole('status')).toHaveText(`${number - 2} selected`);
  await page.keyboard.press('Shift+ArrowDown');
  await expect(bar.getByRole('status')).toHaveText(`${number - 1} selected`);
  await expect(row(page, `Task ${number + 1}.`)).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(bar).toBeHidden();
});

test('the palette offers nothing else while tasks are being read', async ({
  page,
}) => {
  await open(page);
  await page.keyboard.press('ControlOrMeta+k');
  const palette = page.getByRole('dialog', { name: 'Commands' });
  await expect(palette.getByRole('searchbox')).toBeFocused();
  await page.keyboard.insertText('Task 9876.');
  await expect(palette.getByRole('menuitem').first()).toHaveText('Task 9876.');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('textbox', { name: 'Title' })).toHaveValue(
    'Task 9876.',
  );
});

test('an open task stays open out of sight, and Back leads to it', async ({
  page,
}) => {
  await open(page);
  await blanksAt(page, 100_000);
  const some = page.locator('[data-task-main]').nth(15);
  const name = await some.innerText();
  await some.click();
  const title = page.getByRole('textbox', { name: 'Title' });
  await title.pressSequentially(' and more');
  await blanksAt(page, 350_000);
  await expect(title).toHaveValue(/ and more$/);
  await expect(title).toBeFocused();
  await title.press('Enter');
  await expect(row(page, `${name.split('\n')[0]} and more`)).toBeFocused();

  await blanksAt(page, 250_000);
  const there = await page.evaluate(() => window.scrollY);
  await page.getByRole('link', { name: 'Completed' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Completed');
  await page.goBack();
  await expect
    .poll(() => page.evaluate(() => window.scrollY))
    .toBeGreaterThan(there - 100);
  expect(await blanksAt(page, there)).toEqual([]);
});
