import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from '@playwright/test';
import lighthouse from 'lighthouse';

/**
 * The scores of a page as a phone has it, 0 to 100, performance and
 * accessibility: the median of three visits with an empty cache. `cookies` as
 * Playwright takes them.
 */
export async function scores(
  url: string,
  cookies: string,
): Promise<[number, number]> {
  const profile = await mkdtemp(join(tmpdir(), 'steady-lighthouse-'));
  const port = await freePort();
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: process.env.STEADY_CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', `--remote-debugging-port=${port}`],
  });
  try {
    await context.addCookies(JSON.parse(cookies));
    const found: [number, number][] = [];
    for (let visit = 0; visit < 3; visit += 1) {
      const run = await lighthouse(url, {
        port,
        onlyCategories: ['performance', 'accessibility'],
        logLevel: 'error',
        // The cookies are the session.
        clearStorageTypes: [
          'cache_storage',
          'indexeddb',
          'local_storage',
          'service_workers',
        ],
      });
      const { performance, accessibility } = run?.lhr.categories ?? {};
      found.push([performance?.score ?? 0, accessibility?.score ?? 0]);
    }
    const [, middle] = found.sort(([a], [b]) => a - b);
    const [speed = 0, access = 0] = middle ?? [];
    return [Math.round(speed * 100), Math.round(access * 100)];
  } finally {
    await context.close();
    await rm(profile, { recursive: true, force: true });
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
