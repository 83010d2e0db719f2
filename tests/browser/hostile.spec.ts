import type { Page } from '@playwright/test';
import { OwnSteady } from './own.ts';
import { expect, onServer, test } from './steady.ts';

// What is typed is text, whatever it says: in every field, 100 ways. That
// nothing runs, and no policy is asked, is watched in steady.ts.

const steady = new OwnSteady();
test.beforeAll(() => steady.start('STEADY_REGISTRATION=open'));
test.afterAll(() => steady.stop());
test.use({ baseURL: ({}, use) => use(steady.url) });

const RUN = 'window.hacked=1';

const STRINGS = [
  // Markup
  `<script>${RUN}</script>`,
  `</script><script>${RUN}</script>`,
  `<SCRIPT SRC=/x.js></SCRIPT>`,
  `<img src=x onerror=${RUN}>`,
  `<img src=x onerror="${RUN}"//`,
  `<svg onload=${RUN}>`,
  `<svg><script>${RUN}</script></svg>`,
  `<svg><animate onbegin=${RUN} attributeName=x dur=1s>`,
  `<math><mi xlink:href="javascript:${RUN}">x</mi></math>`,
  `<iframe src="javascript:${RUN}"></iframe>`,
  `<iframe srcdoc="<script>parent.hacked=1</script>">`,
  `<object data="javascript:${RUN}">`,
  `<embed src="javascript:${RUN}">`,
  `<body onload=${RUN}>`,
  `<input autofocus onfocus=${RUN}>`,
  `<details open ontoggle=${RUN}>x</details>`,
  `<a href="javascript:${RUN}">click</a>`,
  `<form action="javascript:${RUN}"><button>go</button></form>`,
  `<base href="https://evil.example/">`,
  `<meta http-equiv=refresh content="0;url=/evil">`,
  `<link rel=stylesheet href=/evil.css>`,
  `<style>*{display:none}</style>`,
  `<template><script>${RUN}</script></template>`,
  `<noscript><p title="</noscript><img src=x onerror=${RUN}>">`,
  `<!--><script>${RUN}</script>-->`,
  `<![CDATA[<script>${RUN}</script>]]>`,
  `<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///x">]>&e;`,
  `<plaintext>`,
  `</title></textarea></style></noscript><b>loose</b>`,
  `<marquee onstart=${RUN}>`,
  `<video><source onerror=${RUN}></video>`,
  `<b onmouseover=${RUN}>over</b>`,
  // Out of an attribute, an address, a string
  `" onmouseover="${RUN}" x="`,
  `' onfocus='${RUN}' autofocus='`,
  `\`-${RUN}-\``,
  `"><script>${RUN}</script>`,
  `'-${RUN}-'`,
  `\\";${RUN};//`,
  `\\u003cscript\\u003e${RUN}\\u003c/script\\u003e`,
  `&lt;script&gt;${RUN}&lt;/script&gt;`,
  `&#60;script&#62;${RUN}`,
  `%3Cscript%3E${RUN}%3C/script%3E`,
  `javascript:${RUN}`,
  `JaVaScRiPt:${RUN}`,
  `data:text/html,<script>${RUN}</script>`,
  `vbscript:x`,
  `//evil.example/x`,
  `../../../../etc/passwd`,
  `..%2f..%2f`,
  `?task=1&view=trash#top`,
  `#add`,
  // Templates, formats, queries, shells
  `{{constructor.constructor("${RUN}")()}}`,
  `{{count}} {{title}} {{list}}`,
  `$t(app.name) $t(session.signOut)`,
  `\${${RUN}}`,
  `#{7*7} <%= 7*7 %> {% raw %}`,
  `%s%s%s%n%n%x`,
  `%00 %0a%0dSet-Cookie: x=1`,
  `{0} {1} %1$s`,
  `'; DROP TABLE tasks; --`,
  `' OR '1'='1`,
  `1; SELECT pg_sleep(10)`,
  `{"$ne": null}`,
  `{"$where": "sleep(1000)"}`,
  `$gt .field a.b.$`,
  `[object Object]`,
  `__proto__`,
  `constructor`,
  `toString`,
  `null`,
  `undefined`,
  `NaN`,
  `true`,
  `0`,
  `-1`,
  `1e309`,
  `=cmd|' /C calc'!A0`,
  `+SUM(1+1)`,
  `@import "x"`,
  `; rm -rf / #`,
  `$(touch /tmp/x)`,
  `| cat /etc/passwd`,
  `\\\\server\\share`,
  `C:\\CON`,
  `http://user:pass@host:1/`,
  `*?[a-z]{1,2}(^$)+`,
  // Letters
  `\u202etxt.exe`,
  `\u2067right\u2069 \u2066left`,
  `a\u200bb\u200cc\u200dd\ufeffe`,
  `\u0000-like \u2400 \ufffd`,
  `tab\there`,
  `Z${'\u0351'.repeat(40)}algo`,
  `👨‍👩‍👧‍👦 🏳️‍🌈 👩🏽‍🚀`,
  `🇳🇴🇸🇪🏴󠁧󠁢󠁳󠁣󠁴󠁿`,
  `مرحبا بالعالم`,
  `שלום <b>עולם</b>`,
  `日本語のタイトル`,
  `ﷺ ꧅ 𒐫`,
  `İıſẞß ΣΣς`,
  `W${'i'.repeat(180)}de`,
  `\u2028line\u2029paragraph`,
].map((text) => text.replace('\u0000', ''));

async function post(page: Page, path: string, bodies: object[]) {
  await page.evaluate(
    async ([where, all]) => {
      for (const body of all) {
        const answer = await fetch(where, {
          method: 'POST',
          headers: { 'Content-Type': 'application/json' },
          body: JSON.stringify(body),
        });
        if (!answer.ok) {
          throw new Error(`${await answer.text()} ${JSON.stringify(body)}`);
        }
      }
    },
    [path, bodies] as const,
  );
}

/** Nothing ran, nothing was made of the texts but text. */
async function expectUnharmed(page: Page): Promise<void> {
  const found = await page.evaluate(() => ({
    hacked: 'hacked' in window,
    made: document.querySelectorAll(
      'iframe, object, embed, base, marquee, math, plaintext, video, style,' +
        'script:not([src^="/assets/"], [src="/early.js"]), [onerror],' +
        '[onload], [onfocus],' +
        '[onmouseover], [href^="javascript:" i], meta[http-equiv]',
    ).length,
    beyond: document.documentElement.scrollWidth - innerWidth,
  }));
  expect(found).toEqual({ hacked: false, made: 0, beyond: 0 });
}

test.beforeEach(async ({ page }) => {
  await page.goto('/sign-up');
  const email = `h${Date.now()}@example.org`;
  await page.getByLabel('Name').fill(STRINGS[0] ?? '');
  await page.getByLabel('Email').fill(email);
  await page.getByRole('textbox', { name: 'Password' }).fill(STRINGS[3] ?? '');
  await page.getByRole('button', { name: 'Create account' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Inbox');
});

test('hostile texts of tasks, notes, tags, lists and tokens are shown', async ({
  page,
}) => {
  expect(new Set(STRINGS).size).toBeGreaterThanOrEqual(100);
  const operations = STRINGS.map((text, index) => ({
    action: 'create',
    body: {
      title: `${text} ;${index}`,
      notes: `${text}\n${text}`,
      tags: [[...text].slice(0, 40).join('').trim()],
    },
  }));
  await post(page, '/api/tasks/batch', [
    { operations: operations.slice(0, 100) },
    { operations: operations.slice(100) },
  ]);
  const names = STRINGS.map(
    (text, index) => `${index}; ${[...text].slice(0, 90).join('')}`,
  );
  await post(
    page,
    '/api/lists',
    names.map((name) => ({ name })),
  );
  await post(
    page,
    '/api/tokens',
    names.slice(0, 50).map((name) => ({ name })),
  );
  await page.setViewportSize({ width: 900, height: 30_000 });
  await page.goto('/inbox');
  const main = page.locator('main');
  // What leaves no trace in a text node is compared without white space.
  const squeeze = (text: string) => text.replace(/\s+/g, '');
  const missing = async (wanted: string[], where = main) => {
    const shown = squeeze((await where.allTextContents()).join(' '));
    return wanted.filter((text) => !shown.includes(squeeze(text)));
  };
  await expect
    .poll(() => missing(STRINGS.map((text, index) => `${text} ;${index}`)))
    .toEqual([]);
  const side = page.locator('aside');
  await expect.poll(() => missing(names, side)).toEqual([]);
  await expectUnharmed(page);
  await page.goto('/settings/tokens');
  await expect.poll(() => missing(names.slice(0, 50))).toEqual([]);
  await expectUnharmed(page);

  // One of each kind, opened: in the fields it is what it was.
  await page.setViewportSize({ width: 900, height: 800 });
  const stored = await onServer(page.request);
  for (const index of [3, 29, 53, 87]) {
    const task = stored.find(({ title }) => title.endsWith(` ;${index}`));
    await page.goto(`/inbox?task=${task?.id}`);
    await expect(page.getByRole('textbox', { name: 'Title' })).toHaveValue(
      `${STRINGS[index]} ;${index}`,
    );
    await expect(page.getByRole('textbox', { name: 'Notes' })).toHaveValue(
      `${STRINGS[index]}\n${STRINGS[index]}`,
    );
  }
  await expectUnharmed(page);
});

test('hostile texts can be typed into every field', async ({ page }) => {
  const picked = [0, 3, 32, 52, 53, 59, 86, 93];
  for (const text of picked.map((index) => STRINGS[index] ?? '')) {
    await page.goto('/search');
    await page.getByRole('searchbox').fill(text);
    await expect(page).toHaveURL(/#./);
    await page.reload();
    await expect(page.getByRole('searchbox')).toHaveValue(text);
    await page.goto('/inbox');
    const field = page.getByRole('textbox', { name: /^Add a task/ });
    await field.fill(text);
    await page.reload();
    await expect(field).toHaveValue(text);
    await expectUnharmed(page);
    await field.fill('');
    await page.goto('/settings');
    await page.getByLabel('Name').fill(text);
    await page.getByRole('button', { name: 'Save' }).click();
    await expect(
      page.getByRole('button', { name: 'Account and settings' }),
    ).toContainText(text.trim());
    await expectUnharmed(page);
  }
  await page.goto('/lists/%3Cscript%3E?task=%22%3E%3Cimg src=x onerror=x%3E');
  await expect(page.getByText('This list does not exist')).toBeVisible();
  await expectUnharmed(page);
});

test('text cannot become markup or code', async ({ browser }) => {
  // A page without the guard, which counts each try as a failure.
  const page = await browser.newPage();
  await page.goto(steady.url);
  const refused = await page.evaluate(async () => {
    const attempts = [
      () => Object.assign(document.body, { innerHTML: '<i>x</i>' }),
      () => document.write('<i>x</i>'),
      () => Object.assign(document.createElement('script'), { text: '1' }),
      () => navigator.serviceWorker.register('/other.js'),
      () => window.trustedTypes?.createPolicy('other'),
      () => setTimeout('1'),
    ];
    let count = 0;
    for (const attempt of attempts) {
      try {
        await attempt();
      } catch (error) {
        count += Number(error instanceof TypeError);
      }
    }
    return count;
  });
  expect(refused).toBe(6);
  await page.close();
});
