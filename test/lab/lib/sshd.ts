import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeAll, beforeEach } from 'vitest';
import { connect } from '../../../src/host/ssh/connect.ts';
import type { Backend, SshConnection } from '../../../src/host/ssh/connection.ts';
import { type SshOptions, parseTarget } from '../../../src/host/ssh/target.ts';
import type { Transport } from '../../../src/host/transport.ts';
import { type ScriptedPrompter, scriptedPrompter } from '../../helpers/scripted-prompter.ts';
import { lab, labDir } from './lab.ts';

export const state = join(labDir, 'sshd');
/** Path of a key of the lab. */
export const key = (name: string): string => join(state, 'keys', name);
/** Configuration of the servers without an IdentityFile, for tests that log in with a single key. */
export const NO_KEY = join(state, 'ssh_config_no_key');
/** Configuration of the servers with a key that they accept. */
export const WITH_KEY = join(state, 'ssh_config');

/** Port in the configuration of a lab server. */
export const portOf = (kind: string): number =>
  Number(/ListenAddress 127\.0\.0\.1:(\d+)/.exec(readFileSync(join(state, `sshd_${kind}.conf`), 'utf8'))?.[1]);

/** Servers of the sshd lab, with a new directory for each test. Called at the level of `describe`. */
export function sshdLab() {
  let folder = '';
  const opened: { close: () => Promise<void> }[] = [];
  beforeAll(async () => {
    await lab('sshd', 'up');
  });
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'crashcart-test-'));
  });
  afterEach(async () => {
    for (const one of opened.splice(0)) await one.close();
    rmSync(folder, { recursive: true });
  });
  async function reach(
    backend: Backend,
    name: string,
    options: SshOptions = {},
    prompter: ScriptedPrompter = scriptedPrompter(),
  ): Promise<SshConnection> {
    const connected = await connect(parseTarget(name, { configFile: NO_KEY, ...options }), { backend }, prompter);
    opened.unshift(connected.transport);
    return connected;
  }
  return { reach, opened, folder: () => folder };
}

/** Stdout of a command with empty stdin. */
export const output = async (transport: Transport, command: string): Promise<string> => {
  const pipe = await transport.exec(command);
  pipe.stdin.end();
  return text(pipe.stdout);
};
