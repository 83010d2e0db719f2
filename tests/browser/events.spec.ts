import type { APIRequestContext } from '@playwright/test';
import { expect, row, signIn, test } from './steady.ts';

/** Below the 12 s after which a page would ask by itself. */
const WOKEN = { timeout: 5_000 };
/** Above the 18 s until then, and the 60 s between two tries of a stream. */
const POLL_MS = 20_000;
const STREAM_MS = 65_000;

async function addElsewhere(api: APIRequestContext, title: string) {
  const made = await api.post('/api/tasks', { data: { title } });
  expect(made.status()).toBe(201);
  return Date.now();
}

test('a change made elsewhere is shown at once', async ({ page }) => {
  const opened = page.waitForResponse('**/api/events');
  // What comes first says that something may have been missed.
  const asked = opened.then(() => page.waitForResponse('**/api/changes*'));
  await signIn(page);
  expect((await opened).status()).toBe(200);
  await asked;
  for (const title of ['Woken once', 'Woken twice']) {
    const made = await addElsewhere(page.request, title);
    await expect(row(page, title)).toBeVisible(WOKEN);
    console.log(`${title}: shown after ${Date.now() - made} ms`);
  }
});

test('a second tab follows the one that has the stream', async ({
  page,
  context,
}) => {
  await signIn(page);
  const other = await context.newPage();
  const streams: string[] = [];
  other.on('request', (request) => {
    if (new URL(request.url()).pathname === '/api/events') {
      streams.push(request.url());
    }
  });
  await other.goto('/');
  await addElsewhere(page.request, 'In both tabs');
  await expect(row(page, 'In both tabs')).toBeVisible(WOKEN);
  await expect(row(other, 'In both tabs')).toBeVisible(WOKEN);
  expect(streams).toEqual([]);
});

test('without a stream the page asks by itself', async ({ page }) => {
  let refused = 0;
  await page.route('**/api/events', (route) => {
    refused += 1;
    return route.fulfill({ status: 503 });
  });
  await page.clock.install();
  const asked = page.waitForResponse('**/api/changes*');
  await signIn(page);
  await asked;
  await expect.poll(() => refused).toBeGreaterThan(1);
  await addElsewhere(page.request, 'Asked for');
  // Where an answer is awaited, no time runs until then.
  const asks = async () => {
    await page.clock.fastForward(POLL_MS);
    return row(page, 'Asked for').isVisible();
  };
  await expect.poll(asks, WOKEN).toBe(true);
  // And the stream is taken up again when it can be had.
  await page.unroute('**/api/events');
  let opened = false;
  page.on('response', (answer) => {
    opened ||= answer.url().endsWith('/api/events') && answer.ok();
  });
  // A try that was under way is refused yet.
  const later = async () => {
    await page.clock.fastForward(STREAM_MS);
    return opened;
  };
  await expect.poll(later).toBe(true);
  await addElsewhere(page.request, 'Woken again');
  await expect(row(page, 'Woken again')).toBeVisible(WOKEN);
});
