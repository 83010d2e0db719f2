import type { Page } from '@playwright/test';
import axe, { type Result, type RunOptions } from 'axe-core';

/**
 * What axe finds wrong on what is shown. Its half a megabyte comes to a page
 * once, for a walk that looks many times: AxeBuilder brings it each time, and
 * opens another page for the answer.
 */
export async function violations(
  page: Page,
  options: RunOptions,
): Promise<Result[]> {
  if (!(await page.evaluate(() => 'axe' in window))) {
    await page.evaluate(axe.source);
  }
  const { violations } = await page.evaluate(
    (wanted) => window.axe.run(document, wanted),
    { resultTypes: ['violations' as const], ...options },
  );
  return violations;
}
