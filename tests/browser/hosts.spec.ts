import { expect, test } from '@playwright/test';
import { ACCOUNT, row } from './steady.ts';
import { type Hosts, startHosts } from './twoHosts.ts';

const WOKEN = { timeout: 5_000 };

let hosts: Hosts | null = null;

test.beforeAll(async () => {
  hosts = await startHosts();
  test.skip(!hosts, 'mongod is missing');
});

test.afterAll(() => hosts?.stop());

test('a change on one host is shown on a page of another', async ({
  page,
  playwright,
}) => {
  const { here, there } = hosts as Hosts;
  const made = await page.request.post(`${here}/api/users`, { data: ACCOUNT });
  expect(made.status()).toBe(201);
  const opened = page.waitForResponse('**/api/events');
  await page.goto(here);
  expect((await opened).status()).toBe(200);
  await expect(page.getByText('Your inbox is clear')).toBeVisible();
  const client = await playwright.request.newContext({ baseURL: there });
  const { email, password } = ACCOUNT;
  const session = await client.post('/api/session', {
    data: { email, password },
  });
  expect(session.status()).toBe(201);
  for (const title of ['From there', 'And once more']) {
    const answer = await client.post('/api/tasks', { data: { title } });
    expect(answer.status()).toBe(201);
    const written = Date.now();
    await expect(row(page, title)).toBeVisible(WOKEN);
    console.log(`${title}: shown after ${Date.now() - written} ms`);
  }
});
