import { execFile } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Directory of the labs' state; `.ci/run` sets a separate one. */
export const labDir = process.env['CRASHCART_LAB_DIR'] ?? '/tmp/crashcart-lab';

/** Directory of slow build results. */
export const labCache = process.env['CRASHCART_LAB_CACHE'] ?? join(labDir, 'cache');

/** Names of the labs in the order of `down`: OVN before the switch that it uses. */
export const labNames = [
  'host',
  'fs',
  'numa',
  'disks',
  'stacks',
  'postgresql',
  'mariadb',
  'redis',
  'openstack',
  'rabbitmq',
  'etcd',
  'zookeeper',
  'mongodb',
  'sshd',
  'fleet',
  'bare',
  'packages-host',
  'package',
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

/** Environment variable with the id of this test run, set by the global setup: a run takes down only the labs that it brought up. */
const RUN = 'CRASHCART_LAB_RUN';
const markOf = (name: LabName): string => join(labDir, name, `up-by-${process.env[RUN] ?? 'unknown'}`);

/** Sets the id of this test run. */
export const beginRun = (): void => {
  process.env[RUN] = String(process.pid);
};
/** Whether this test run brought the lab up. */
export const broughtUpHere = (name: LabName): boolean => existsSync(markOf(name));

export type LabVerb = 'up' | 'down' | 'status' | 'break' | 'repair';

/** Runs `test/lab/NAME/lab-NAME.sh VERB` and returns its output; an error holds the output in its message. */
export async function lab(name: LabName, verb: LabVerb, ...options: string[]): Promise<string> {
  const script = resolve(import.meta.dirname, '..', name, `lab-${name}.sh`);
  try {
    const running = run(script, [verb, '--dir', labDir, ...options], { timeout: 600_000 });
    // Closed, because `lxc init` waits for input when stdin is not a terminal.
    running.child.stdin?.end();
    const { stdout } = await running;
    if (verb === 'up' && !stdout.includes('already up')) writeFileSync(markOf(name), '');
    if (verb === 'down') rmSync(markOf(name), { force: true });
    return stdout;
  } catch (error) {
    // The error of execFile has both streams.
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    throw new Error(`lab-${name}.sh ${verb} failed:\n${stdout}${stderr}`, { cause: error });
  }
}
