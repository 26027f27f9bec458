import { execFile } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Where the labs keep their state; `.ci/run` gives a folder of its own. */
export const labDir = process.env['CRASHCART_LAB_DIR'] ?? '/tmp/crashcart-lab';

/** Where they keep what takes long to make. */
export const labCache = process.env['CRASHCART_LAB_CACHE'] ?? join(labDir, 'cache');

/** In the order in which they go down: OVN stands on the switch. */
export const labNames = [
  'numa',
  'stacks',
  'sshd',
  'bare',
  'docker',
  'podman',
  'lxd',
  'kvm',
  'lxc',
  'kubernetes',
  'ovn',
  'ovs',
  'ceph',
] as const;
export type LabName = (typeof labNames)[number];

/** Names this run of the tests; set by the global set-up, so that a run takes down only what it brought up itself. */
const RUN = 'CRASHCART_LAB_RUN';
const markOf = (name: LabName): string => join(labDir, name, `up-by-${process.env[RUN] ?? 'nobody'}`);

export const beginRun = (): void => {
  process.env[RUN] = String(process.pid);
};
export const broughtUpHere = (name: LabName): boolean => existsSync(markOf(name));

export type LabVerb = 'up' | 'down' | 'status' | 'break' | 'mend';

/** Runs `test/lab/NAME/lab-NAME.sh VERB`; its output becomes the message when it fails. */
export async function lab(name: LabName, verb: LabVerb, ...options: string[]): Promise<string> {
  const script = resolve(import.meta.dirname, '..', name, `lab-${name}.sh`);
  try {
    const running = run(script, [verb, '--dir', labDir, ...options], { timeout: 600_000 });
    // Where it is no terminal, `lxc init` waits for what somebody may say on it.
    running.child.stdin?.end();
    const { stdout } = await running;
    if (verb === 'up' && !stdout.includes('already up')) writeFileSync(markOf(name), '');
    if (verb === 'down') rmSync(markOf(name), { force: true });
    return stdout;
  } catch (error) {
    // What execFile rejects with carries both streams.
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    throw new Error(`lab-${name}.sh ${verb} failed:\n${stdout}${stderr}`, { cause: error });
  }
}
