import { expect, kept, onServer, row, signIn, test } from './steady.ts';

interface Manifest {
  id: string;
  icons: { src: string; sizes: string; type: string; purpose?: string }[];
  shortcuts: { name: string; url: string }[];
}

test('Steady can be installed as an app', async ({ page }) => {
  await signIn(page);
  await kept(page);
  const debug = await page.context().newCDPSession(page);
  const { data, errors } = await debug.send('Page.getAppManifest');
  expect(errors).toEqual([]);
  const { installabilityErrors } = await debug.send(
    'Page.getInstallabilityErrors',
  );
  const wrong = installabilityErrors.map((error) => error.errorId);
  // A context of a test counts as a private window, where nothing installs.
  expect(wrong.filter((id) => id !== 'in-incognito')).toEqual([]);

  const manifest = JSON.parse(data ?? '') as Manifest;
  expect(manifest.icons.map((icon) => icon.purpose)).toContain('maskable');
  for (const { src, sizes, type } of manifest.icons) {
    const answer = await page.request.get(src);
    expect(answer.headers()['content-type']).toContain(type);
    const width = await page.evaluate(async (url) => {
      const image = new Image();
      image.src = url;
      await image.decode();
      return image.naturalWidth;
    }, src);
    expect(sizes === 'any' || sizes === `${width}x${width}`).toBe(true);
  }
  for (const { url } of manifest.shortcuts) {
    await page.goto('/completed');
    await page.goto(url);
    const field = page.getByRole('textbox', { name: /^Add a task/ });
    await expect(field).toBeVisible();
    if (url.endsWith('#add')) {
      await expect(field).toBeFocused();
    }
  }
});

test('what another app shares waits in the field for a new task', async ({
  page,
  context,
}) => {
  await signIn(page);
  await kept(page);
  await page.reload();
  const field = page.getByRole('textbox', { name: /^Add a task/ });
  await field.fill('Typed before.');
  // The network is not needed, so no server hears of it.
  await context.setOffline(true);
  await page.evaluate(() => {
    const form = document.createElement('form');
    form.method = 'POST';
    form.action = '/share';
    for (const [name, value] of [
      ['title', '<b>A & B</b> #1'],
      ['text', 'https://example.org/?q=a#b'],
      ['url', ''],
    ] as const) {
      const input = document.createElement('input');
      Object.assign(input, { name, value });
      form.append(input);
    }
    document.body.append(form);
    form.submit();
  });
  const line = '<b>A & B</b> #1 https://example.org/?q=a#b';
  await expect(field).toHaveValue(`Typed before. ${line}`);
  await expect(field).toBeFocused();
  await expect(page).toHaveURL(/\/inbox#add$/);
  await context.setOffline(false);
  const stored = await onServer(page.request);
  expect(stored.filter(({ title }) => title.includes('A & B'))).toEqual([]);
  await field.press('Enter');
  await expect(row(page, 'Typed before.')).toBeVisible();
});

test('without a service worker a shared text goes no further', async ({
  page,
}) => {
  const answer = await page.request.post('/share', {
    form: { title: 'Secret' },
    maxRedirects: 0,
  });
  expect(answer.status()).toBe(303);
  expect(answer.headers().location).toBe('/inbox');
});
