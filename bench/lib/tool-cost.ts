import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** CPU of a tool per run, ms, by `times` of the shell that starts it; undefined where it is not installed or fails. */
export async function toolMs(argv: readonly string[], rounds: number): Promise<number | undefined> {
  const script = 'n=$1; shift; while [ "$n" -gt 0 ]; do "$@" >/dev/null 2>&1 || exit 1; n=$((n - 1)); done; times';
  try {
    const { stdout } = await run('sh', ['-c', script, 'sh', String(rounds), ...argv]);
    const seconds = [...(stdout.trim().split('\n').at(-1) ?? '').matchAll(/(\d+)m([\d.]+)s/g)].map(([, minutes, rest]) => Number(minutes) * 60 + Number(rest)); // prettier-ignore
    return (1000 * seconds.reduce((sum, part) => sum + part, 0)) / rounds;
  } catch {
    return undefined;
  }
}
