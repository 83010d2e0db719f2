import { defineConfig } from '@playwright/test';

/** STEADY_URL is a running Steady without accounts; ./run starts one. */
export default defineConfig({
  testDir: '.',
  // One account, one story: the journeys build on each other's data.
  workers: 1,
  fullyParallel: false,
  timeout: 30_000,
  expect: { timeout: 7_000 },
  reporter: [['list'], ['./summary.ts']],
  outputDir: process.env.STEADY_BROWSER_RESULTS ?? '../../build/browser-results',
  use: {
    baseURL: process.env.STEADY_URL,
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
