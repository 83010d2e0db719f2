import { type BrowserContext, chromium, type Page } from '@playwright/test';
import { scores } from './lighthouse.ts';

/*
 * Prints what the page costs a person, as Markdown:
 *
 *   node measure.ts URL FEW MANY LIST
 *
 * Started by tests/bench/page.py. FEW and MANY are the cookies, as JSON, of
 * somebody with a few tasks, and with 10,000 in the list of that id.
 */
const [url = '', few = '[]', many = '[]', list = ''] = process.argv.slice(2);
const ROUNDS = 5;

declare global {
  interface Window {
    usable: number;
    shown: (query: string) => Promise<number>;
  }
}

/** In the page: when a task is shown, and how long something takes to be. */
function watch(): void {
  const look = () => {
    if (document.querySelector('[data-task-id]')) {
      window.usable = performance.now();
    } else {
      requestAnimationFrame(look);
    }
  };
  look();
  let pressed = 0;
  const onKey = (event: Event) => {
    pressed = event.timeStamp;
  };
  addEventListener('keydown', onKey, { capture: true });
  // The time from the last key until it is drawn, ms.
  window.shown = (query) =>
    new Promise((resolve) => {
      const check = () => {
        if (document.querySelector(query)) {
          // This frame is drawn as soon as its callbacks are done.
          setTimeout(() => resolve(performance.now() - pressed));
        } else {
          requestAnimationFrame(check);
        }
      };
      check();
    });
}

const browser = await chromium.launch({
  executablePath: process.env.STEADY_CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--enable-precise-memory-info'],
});

async function device(cookies = few): Promise<BrowserContext> {
  const context = await browser.newContext({
    baseURL: url,
    storageState: { cookies: JSON.parse(cookies), origins: [] },
  });
  await context.addInitScript(watch);
  return context;
}

function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

async function usable(page: Page, path: string): Promise<number> {
  await page.goto(path);
  await page.waitForFunction(() => window.usable > 0);
  return page.evaluate(() => window.usable);
}

async function slow(page: Page, rate: number): Promise<void> {
  const debug = await page.context().newCDPSession(page);
  await debug.send('Emulation.setCPUThrottlingRate', { rate });
}

async function loads(rate: number): Promise<[number, number]> {
  const cold: number[] = [];
  const warm: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const context = await device();
    const page = await context.newPage();
    await slow(page, rate);
    cold.push(await usable(page, '/inbox'));
    await page.evaluate(() => navigator.serviceWorker.ready.then(() => true));
    warm.push(await usable(page, '/inbox'));
    await context.close();
  }
  return [median(cold) / 1000, median(warm) / 1000];
}

async function firstLoad(): Promise<[number, number]> {
  const context = await device();
  const page = await context.newPage();
  await usable(page, '/inbox');
  const sizes = await page.evaluate(() =>
    [
      ...performance.getEntriesByType('navigation'),
      ...performance.getEntriesByType('resource'),
    ].map((entry) => (entry as PerformanceResourceTiming).encodedBodySize),
  );
  await context.close();
  return [sizes.length, sizes.reduce((sum, size) => sum + size, 0) / 1000];
}

async function acts(): Promise<Record<'key' | 'add' | 'done', number>> {
  const context = await device();
  const page = await context.newPage();
  await usable(page, '/inbox');
  const times = { key: [], add: [], done: [] } as Record<string, number[]>;
  for (let round = 0; round < 2 * ROUNDS; round += 1) {
    const field = page.locator('#quick-add');
    await field.focus();
    await page.keyboard.press('a');
    times.key?.push(await page.evaluate(() => window.shown('form button')));
    await field.fill(`Measured ${round}`);
    const before = await page.locator('[data-task-id]').first();
    const id = await before.getAttribute('data-task-id');
    await page.keyboard.press('Enter');
    const fresh = `ul li[data-task-id]:first-child:not([data-task-id="${id}"])`;
    times.add?.push(await page.evaluate((query) => window.shown(query), fresh));
    await page.locator('[data-task-main]').first().focus();
    await page.keyboard.press('x');
    times.done?.push(
      await page.evaluate(() => window.shown('[data-done="true"]')),
    );
    await page.waitForFunction(
      () => !document.querySelector('[data-done="true"]'),
    );
  }
  await context.close();
  return {
    key: median(times.key ?? []),
    add: median(times.add ?? []),
    done: median(times.done ?? []),
  };
}

async function manyTasks(): Promise<[number, number, number]> {
  const context = await device(many);
  const page = await context.newPage();
  await usable(page, '/inbox');
  const path = `/lists/${list}`;
  await page.goto(path);
  // Until all have come; then as each later start is.
  await page.waitForFunction(
    (where) =>
      document
        .querySelector(`nav a[href="${where}"]`)
        ?.textContent?.replace(/\D/g, '')
        .includes('10000'),
    path,
    { timeout: 120_000 },
  );
  const seconds = (await usable(page, path)) / 1000;
  const debug = await context.newCDPSession(page);
  await debug.send('HeapProfiler.collectGarbage');
  const { usedSize } = await debug.send('Runtime.getHeapUsage');
  const nodes = await page.evaluate(
    () => document.querySelectorAll('*').length,
  );
  await context.close();
  return [seconds, nodes, usedSize / 1e6];
}

async function elsewhere(): Promise<number> {
  const [one, other] = [await device(), await device()];
  const [here, there] = [await one.newPage(), await other.newPage()];
  await Promise.all(
    [here, there].map(async (page) => {
      const stream = page.waitForResponse('**/api/events');
      await usable(page, '/inbox');
      await stream;
    }),
  );
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const title = `Seen elsewhere ${round}`;
    const start = Date.now();
    await here.locator('#quick-add').fill(title);
    await here.keyboard.press('Enter');
    await there.getByRole('button', { name: title }).first().waitFor();
    times.push(Date.now() - start);
  }
  await Promise.all([one.close(), other.close()]);
  return median(times);
}

/** Whether it opens without the network, and how often the server has then
 * what was added meanwhile. */
async function offline(): Promise<[boolean, number]> {
  const context = await device();
  const page = await context.newPage();
  await usable(page, '/inbox');
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => true));
  await context.setOffline(true);
  const title = `Added offline ${Date.now()}`;
  const opened = await usable(page, '/inbox').then(
    () => true,
    () => false,
  );
  await page.locator('#quick-add').fill(title);
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: title }).first().waitFor();
  await page.reload();
  await context.setOffline(false);
  const stored = async () => {
    const answer = await context.request.get('/api/tasks?limit=100');
    const tasks = (await answer.json()) as { title: string }[];
    return tasks.filter((task) => task.title === title).length;
  };
  const end = Date.now() + 30_000;
  while ((await stored()) === 0 && Date.now() < end) {
    await page.waitForTimeout(100);
  }
  const times = await stored();
  await context.close();
  return [opened, times];
}

function row(what: string, peer: string, aim: string, now: string): void {
  process.stdout.write(`| ${what} | ${peer} | ${aim} | ${now} |\n`);
}

row('', 'best peer', 'aim', 'this page');
row('---', '---', '---', '---');
const [requests, size] = await firstLoad();
row(
  'first load: requests / kB',
  '10 / 265',
  '8 / 200',
  `${requests} / ${size.toFixed(0)}`,
);
const [cold, warm] = await loads(1);
row('list usable, s, cold', '0.52', '0.40', cold.toFixed(2));
row('list usable, s, warm', '-', '0.20', warm.toFixed(2));
const [slowCold, slowWarm] = await loads(4);
row('at 4x CPU, cold', '1.17', '0.90', slowCold.toFixed(2));
row('at 4x CPU, warm', '-', '-', slowWarm.toFixed(2));
const { key, add, done } = await acts();
row(
  'key / add / complete to the screen, ms',
  '12 / 43 / 31',
  '12 / 25 / 25',
  [key, add, done].map((ms) => ms.toFixed(0)).join(' / '),
);
const [seconds, nodes, heap] = await manyTasks();
row(
  '10,000 tasks: usable s / DOM nodes / heap MB',
  '1.9 / 1,500 / 13',
  '1.0 / 1,500 / 30',
  `${seconds.toFixed(2)} / ${nodes} / ${heap.toFixed(0)}`,
);
const [opened, times] = await offline();
row(
  'offline: reload, and an added task reaches the server once',
  'no',
  'both',
  `${opened ? 'opens' : 'does not open'}, ${times} on the server`,
);
row(
  'a change on another device, ms',
  'over 30,000',
  '1,000',
  `${await elsewhere()}`,
);
await browser.close();
for (const [what, path, cookies] of [
  ['the list', '/inbox', few],
  ['sign-in', '/sign-in', '[]'],
] as const) {
  row(
    `Lighthouse, mobile, ${what}: performance / accessibility`,
    '69 / 100',
    '100 / 100',
    (await scores(`${url}${path}`, cookies)).join(' / '),
  );
}
