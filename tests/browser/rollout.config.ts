import { defineConfig } from '@playwright/test';
import base from './playwright.config.ts';

/** One page on the Steady at STEADY_URL, for as long as that is released. */
export default defineConfig({
  ...base,
  testMatch: 'rollout.spec.ts',
  timeout: 900_000,
  retries: 0,
  webServer: [],
  projects: [{ name: 'rollout' }],
});
