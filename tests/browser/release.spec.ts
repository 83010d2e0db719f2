import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HERE, OwnSteady } from './own.ts';
import { expect, kept, row, test, type } from './steady.ts';

const BUILD = process.env.STEADY_TEST_BUILD ?? join(HERE, '../../build');

let folder: string;
const steady = new OwnSteady();

test.beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'steady-page-'));
  await cp(join(BUILD, 'page'), folder, { recursive: true });
  await steady.start('STEADY_AUTH=none', `STEADY_STATIC_DIR=${folder}`);
});

test.afterAll(async () => {
  await steady.stop();
  await rm(folder, { recursive: true });
});

/** Another build: the same code, told apart by the page's description. */
async function release(text: string): Promise<void> {
  for (const [name, from, to] of [
    ['index.html', 'the to-do app that stays up', text],
    ['sw.js', /("revision":")[^"]*(?=","url":"index.html")/, `$1${text}`],
  ] as const) {
    const path = join(folder, name);
    const before = await readFile(path, 'utf8');
    const after = before.replace(from, to);
    expect(after).not.toBe(before);
    await writeFile(path, after);
    await rm(`${path}.gz`);
    await rm(`${path}.br`);
  }
}

test.use({ baseURL: ({}, use) => use(steady.url) });

test('a new version is offered, and taken only when one says so', async ({
  page,
}) => {
  await page.goto('/inbox');
  await kept(page);
  await page.reload();
  const description = page.locator('meta[name=description]');
  await expect(description).toHaveAttribute('content', /stays up/);
  await release('second-build');
  await page.evaluate(async () => {
    await (await navigator.serviceWorker.ready).update();
  });
  const offer = page.getByText('A new version of Steady is ready.');
  await expect(offer).toBeVisible();
  await type(page, 'Done in the old version');
  await page.reload();
  await expect(description).toHaveAttribute('content', /stays up/);
  await expect(row(page, 'Done in the old version')).toBeVisible();
  await page.getByRole('button', { name: 'Reload' }).click();
  await expect(description).toHaveAttribute('content', /second-build/);
  await expect(offer).toBeHidden();
  await expect(row(page, 'Done in the old version')).toBeVisible();
});
