import type { Reporter, TestCase } from 'vitest/node';

/** Lists the tests that passed only when run again, with the error of the first run. */
export class SecondTries implements Reporter {
  readonly #lines: string[] = [];

  onTestCaseResult(test: TestCase): void {
    if (!test.diagnostic()?.flaky) return;
    const error = test.result().errors?.[0]?.message.split('\n')[0] ?? 'no error kept';
    this.#lines.push(`second try: ${test.module.relativeModuleId} > ${test.fullName}: ${error.slice(0, 300)}`);
  }

  onTestRunEnd(): void {
    for (const line of this.#lines) console.log(line);
  }
}
