import { existsSync } from 'node:fs';
import type { APIRequestContext, APIResponse } from '@playwright/test';
import { add, expect, patched, row, signIn, test } from './steady.ts';

/** When this file appears, the release is over. */
const over = process.env.STEADY_RELEASED ?? '';

test('a page that stays open notices nothing', async ({ page }) => {
  const failed: string[] = [];
  page.on('response', (answer) => {
    if (answer.status() >= 400) {
      failed.push(`${answer.status()} ${answer.url()}`);
    }
  });
  page.on('requestfailed', (request) => {
    // A reload breaks off itself; the stream of events ends with its host.
    const { errorText } = request.failure() ?? {};
    const stream = new URL(request.url()).pathname === '/api/events';
    if (errorText !== 'net::ERR_ABORTED' && !stream) {
      failed.push(`${errorText} ${request.url()}`);
    }
  });
  // What hangs says where.
  page.setDefaultTimeout(30_000);
  await signIn(page);
  failed.length = 0;
  const titles: string[] = [];
  while (!existsSync(over)) {
    const title = `While it is released, ${titles.length}.`;
    await add(page, title);
    const done = patched(page);
    // check() wants the mark at once, which a busy machine may not draw yet.
    await page.getByRole('checkbox', { name: title }).click();
    await done;
    await expect(row(page, title)).toBeHidden();
    titles.push(title);
    console.log(`added ${titles.length}`);
    if (titles.length % 10 === 0) {
      await page.reload();
    }
    await page.waitForTimeout(500);
  }
  expect(failed).toEqual([]);
  await page.reload();
  await page.getByRole('link', { name: 'Completed' }).click();
  await expect(row(page, titles.at(-1) ?? '')).toBeVisible();
  const stored = await completed(page.request);
  expect(stored.sort()).toEqual(titles.sort());
});

async function completed(request: APIRequestContext): Promise<string[]> {
  const titles: string[] = [];
  let url: string | undefined = '/api/tasks?completed=true&limit=200';
  while (url !== undefined) {
    const answer: APIResponse = await request.get(url);
    const tasks: { title: string }[] = await answer.json();
    titles.push(...tasks.map((task) => task.title));
    url = /<([^>]*)>; rel="next"/.exec(answer.headers().link ?? '')?.[1];
  }
  return titles;
}
