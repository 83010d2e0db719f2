import type { Reporter, TestCase, TestResult } from '@playwright/test/reporter';

/** Ends with the line that the other suites end with, too. */
export default class Summary implements Reporter {
  private outcomes = new Map<TestCase, TestResult['status']>();

  onTestEnd(test: TestCase, result: TestResult): void {
    this.outcomes.set(test, result.status);
  }

  onExit(): Promise<void> {
    const all = [...this.outcomes.values()];
    const passed = all.filter((status) => status === 'passed').length;
    const skipped = all.filter((status) => status === 'skipped').length;
    const failed = all.length - passed - skipped;
    process.stdout.write(
      `${passed} passed, ${failed} failed, ${skipped} skipped\n`,
    );
    return Promise.resolve();
  }
}
