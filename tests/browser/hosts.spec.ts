import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@playwright/test';
import { ACCOUNT, row } from './steady.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const WOKEN = { timeout: 5_000 };

let hosts: ChildProcess;
let here: string;
let there: string;

test.beforeAll(async () => {
  test.skip(!existsSync(`${ROOT}build/mongod/mongod`), 'mongod is missing');
  const command = ['-B', `${ROOT}tests/browser/serve_hosts`];
  hosts = spawn(`${ROOT}build/venv/bin/python`, command, {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: hosts.stdout as Readable });
  const [line] = await once(lines, 'line');
  [here = '', there = ''] = String(line).split(' ');
});

test.afterAll(async () => {
  if (hosts) {
    const ended = once(hosts, 'exit');
    hosts.stdin?.end();
    await ended;
  }
});

test('a change on one host is shown on a page of another', async ({
  page,
  playwright,
}) => {
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
