import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { resolve } from '../../../src/host/ssh/resolve.ts';
import { parseTarget } from '../../../src/host/ssh/target.ts';
import { scriptedPrompter } from '../../helpers/scripted-prompter.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'crashcart-test-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Fake ssh. */
function fakeSsh(script: string): string {
  const path = join(folder, 'ssh');
  writeFileSync(path, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return path;
}

it('resolve passes the options to ssh, and the host after --', async () => {
  const ssh = fakeSsh('echo "hostname got"; echo "proxycommand $*"');
  const target = parseTarget('me@web', { port: 2222, options: ['Compression=yes'] });
  const resolved = await resolve(target, scriptedPrompter(), { ssh });
  expect(resolved).toMatchObject({
    alias: 'web',
    hostname: 'got',
    proxyCommand: '-G -p 2222 -l me -o Compression=yes -- web',
  });
});

it('resolve uses the command line, with a notice, without ssh', async () => {
  const prompter = scriptedPrompter();
  const target = parseTarget('me@web', {
    port: 2222,
    identities: ['/key'],
    jump: 'bastion',
    options: ['StrictHostKeyChecking=yes', 'HostKeyAlias x'],
  });
  const resolved = await resolve(target, prompter, { ssh: join(folder, 'absent') });
  expect(resolved).toMatchObject({
    hostname: 'web',
    port: 2222,
    user: 'me',
    identityFiles: ['/key'],
    proxyJump: 'bastion',
    strictHostKeyChecking: 'yes',
    hostKeyAlias: 'x',
  });
  expect(prompter.notices[0]).toContain('ssh: command not found');
  expect((await resolve(parseTarget('web'), prompter, { ssh: join(folder, 'absent') })).user).toBe(userInfo().username);
});

it('resolve rejects with the sanitised message when ssh refuses the configuration', async () => {
  const ssh = fakeSsh(String.raw`printf '/cfg: line 3: Bad configuration option: \033[2Jfoo\n' >&2; exit 255`);
  await expect(resolve(parseTarget('web'), scriptedPrompter(), { ssh })).rejects.toThrow(
    'Bad configuration option: \u241B[2Jfoo',
  );
});
