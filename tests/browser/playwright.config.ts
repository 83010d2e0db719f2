import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { defineConfig } from '@playwright/test';

const serve = fileURLToPath(new URL('serve', import.meta.url));
const own = process.env.STEADY_URL === undefined;
// Kept in the environment: each worker reads this file anew.
process.env.STEADY_BROWSER_PORT ??= freePort();
process.env.STEADY_BROWSER_ALONE_PORT ??= freePort();
const port = process.env.STEADY_BROWSER_PORT;
const alonePort = process.env.STEADY_BROWSER_ALONE_PORT;
const url = process.env.STEADY_URL ?? `http://localhost:${port}`;

function freePort(): string {
  const script =
    'const s = require("net").createServer().listen(0, "127.0.0.1", () => {' +
    'console.log(s.address().port); s.close() })';
  return execFileSync(process.execPath, ['-e', script], {
    encoding: 'utf8',
  }).trim();
}

function steady(port: string, ...settings: string[]) {
  return {
    command: [serve, port, ...settings].join(' '),
    url: `http://localhost:${port}/readyz`,
    timeout: 60_000,
    stdout: 'pipe' as const,
    stderr: 'pipe' as const,
    gracefulShutdown: { signal: 'SIGTERM' as const, timeout: 40_000 },
  };
}

/** They touch nothing that the others see, and run beside them. */
const APART = [
  'hostile',
  'hosts',
  'many',
  'model',
  'people',
  'release',
  'walk',
].map((name) => `${name}.spec.ts`);

/**
 * STEADY_URL is a running Steady without accounts; else ./serve starts one.
 * Another is always started for what differs where nobody signs in.
 */
export default defineConfig({
  testDir: '.',
  workers: 2,
  fullyParallel: false,
  // As in the other suites, what fails is tried a second time, and named.
  retries: 1,
  timeout: 60_000,
  expect: { timeout: 7_000 },
  reporter: 'list',
  outputDir:
    process.env.STEADY_BROWSER_RESULTS ?? '../../build/browser-results',
  use: {
    baseURL: url,
    locale: 'en-GB',
    viewport: { width: 1280, height: 800 },
    screenshot: 'only-on-failure',
    // Of each first try it would cost half of the processor's time.
    trace: 'on-first-retry',
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
  webServer: [
    ...(own ? [steady(port)] : []),
    steady(alonePort, 'STEADY_AUTH=none'),
  ],
  projects: [
    { name: 'account', testMatch: 'account.spec.ts' },
    {
      name: 'journeys',
      testMatch: '*.spec.ts',
      testIgnore: [
        'account.spec.ts',
        'alone.spec.ts',
        'rollout.spec.ts',
        ...APART,
      ],
      dependencies: ['account'],
      // One account, one story: they build on each other's data.
      workers: 1,
    },
    {
      name: 'apart',
      testMatch: APART,
      dependencies: ['account'],
      workers: 1,
    },
    {
      name: 'alone',
      testMatch: 'alone.spec.ts',
      use: { baseURL: `http://localhost:${alonePort}` },
      dependencies: ['account'],
    },
  ],
});
