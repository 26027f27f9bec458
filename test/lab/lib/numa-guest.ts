import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { lab, labDir } from './lab.ts';

const run = promisify(execFile);

export type GuestUser = 'support' | 'oncall' | 'guest' | 'root';

/** Password of `oncall` for sudo; `support` needs none, `guest` has no sudo. */
export const ONCALL_PASSWORD = 'lab-oncall';

export const guestPort = 2322;
export const guestConfig = join(labDir, 'numa', 'ssh_config');

/** Brings the guest up; a no-op when it is up. */
export async function numaGuest(): Promise<void> {
  await lab('numa', 'up', '--port', String(guestPort));
}

/** Output of a command in the guest, run by the system's ssh. */
export async function inGuest(command: string, user: GuestUser = 'root', limitMs = 30_000): Promise<string> {
  const { stdout } = await run('ssh', ['-F', guestConfig, `${user}@numa`, command], { timeout: limitMs });
  return stdout;
}
