import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { defineConfig } from '@playwright/test';

const serve = fileURLToPath(new URL('serve', import.meta.url));
const own = process.env.STEADY_URL === undefined;
// Kept in the environment: each worker reads this file anew.
process.env.STEADY_BROWSER_PORT ??= freePort();
const port = process.env.STEADY_BROWSER_PORT;
const url = process.env.STEADY_URL ?? `http://localhost:${port}`;

function freePort(): string {
  const script =
    'const s = require("net").createServer().listen(0, "127.0.0.1", () => {' +
    'console.log(s.address().port); s.close() })';
  return execFileSync(process.execPath, ['-e', script], {
    encoding: 'utf8',
  }).trim();
}

/** STEADY_URL is a running Steady without accounts; else ./serve starts one. */
export default defineConfig({
  testDir: '.',
  // One account, one story: the journeys build on each other's data.
  workers: 1,
  fullyParallel: false,
  timeout: 60_000,
  expect: { timeout: 7_000 },
  reporter: [['list'], ['./summary.ts']],
  outputDir:
    process.env.STEADY_BROWSER_RESULTS ?? '../../build/browser-results',
  use: {
    baseURL: url,
    locale: 'en-GB',
    viewport: { width: 1280, height: 800 },
    screenshot: 'only-on-failure',
    trace: 'retain-on-failure',
    launchOptions: {
      executablePath: process.env.STEADY_CHROMIUM ?? '/usr/bin/chromium',
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        '--no-first-run',
      ],
    },
  },
  webServer: own
    ? {
        command: `${serve} ${port}`,
        url: `${url}/readyz`,
        timeout: 60_000,
        stdout: 'pipe',
        stderr: 'pipe',
        gracefulShutdown: { signal: 'SIGTERM', timeout: 40_000 },
      }
    : undefined,
  projects: [
    { name: 'account', testMatch: 'account.spec.ts' },
    {
      name: 'journeys',
      testMatch: '*.spec.ts',
      testIgnore: 'account.spec.ts',
      dependencies: ['account'],
    },
  ],
});
