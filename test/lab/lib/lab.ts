import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Where the labs keep their state; `.ci/run` gives a folder of its own. */
export const labDir = process.env['CRASHCART_LAB_DIR'] ?? '/tmp/crashcart-lab';

export type LabName = 'numa' | 'sshd';

/** Runs `test/lab/NAME/lab-NAME.sh VERB`; its output becomes the message when it fails. */
export async function lab(name: LabName, verb: 'up' | 'down' | 'status', ...options: string[]): Promise<string> {
  const script = resolve(import.meta.dirname, '..', name, `lab-${name}.sh`);
  try {
    const { stdout } = await run(script, [verb, '--dir', labDir, ...options], { timeout: 600_000 });
    return stdout;
  } catch (error) {
    // What execFile rejects with carries both streams.
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    throw new Error(`lab-${name}.sh ${verb} failed:\n${stdout}${stderr}`, { cause: error });
  }
}

/** True when the lab's folder shows that somebody brought it up (and it may still be). */
export const wasUsed = (name: LabName): boolean => existsSync(join(labDir, name));
