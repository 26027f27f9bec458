import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { privateFolder, removeLeftFolders } from '../../../src/host/ssh/private-folder.ts';

let parent = '';
beforeEach(() => {
  parent = mkdtempSync('/tmp/left-');
  vi.stubEnv('XDG_RUNTIME_DIR', parent);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(parent, { recursive: true });
});

/** Pid of a process that has ended. */
const deadPid = (): number => spawnSync('true').pid;

function folder(name: string, owner?: string): string {
  const path = join(parent, name);
  mkdirSync(path, { mode: 0o700 });
  writeFileSync(join(path, 'control'), '');
  if (owner !== undefined) symlinkSync(owner, join(path, 'owner'));
  return path;
}

test('removeLeftFolders removes a folder when its owner is gone', async () => {
  const left = folder('crashcart-aaaaaa', `${deadPid()}-5`);
  const reused = folder('crashcart-bbbbbb', `${process.pid}-1`);
  await removeLeftFolders();
  expect([existsSync(left), existsSync(reused)]).toEqual([false, false]);
});

test('removeLeftFolders leaves a folder when its owner runs, has no owner, or is of another program', async () => {
  const mine = await privateFolder();
  const kept = [
    mine,
    folder('crashcart-cccccc'),
    folder('crashcart-dddddd', 'x'),
    folder('crashcart-notes', `${deadPid()}-5`),
    folder('other-aaaaaa', `${deadPid()}-5`),
  ];
  const outside = mkdtempSync(join(tmpdir(), 'outside-'));
  symlinkSync(`${deadPid()}-5`, join(outside, 'owner'));
  symlinkSync(outside, join(parent, 'crashcart-eeeeee'));
  await removeLeftFolders();
  expect([...kept, outside].filter((path) => !existsSync(path))).toEqual([]);
  rmSync(outside, { recursive: true });
});

test.runIf(process.getuid?.() === 0)('removeLeftFolders leaves a folder when it belongs to another user', async () => {
  const theirs = folder('crashcart-ffffff', `${deadPid()}-5`);
  expect(spawnSync('chown', ['65534', theirs]).status).toBe(0);
  await removeLeftFolders();
  expect(existsSync(theirs)).toBe(true);
});

test('removeLeftFolders removes a folder when its owner was killed with SIGKILL', async () => {
  const module = new URL('../../../src/host/ssh/private-folder.ts', import.meta.url).pathname;
  const code = `const { privateFolder } = await import(${JSON.stringify(module)}); console.log(await privateFolder()); setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  const [left = ''] = readdirSync(parent);
  expect(left).toMatch(/^crashcart-\w{6}$/);
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(readdirSync(parent)).toEqual([left]);
  await removeLeftFolders();
  expect(readdirSync(parent)).not.toContain(left);
});

test('privateFolder makes a shared one where other accounts reach it', async () => {
  // As of mkdtemp: mode 0700.
  const open = join(parent, 'open');
  mkdirSync(open);
  chmodSync(open, 0o1777);
  vi.stubEnv('TMPDIR', open);
  vi.stubEnv('XDG_RUNTIME_DIR', undefined);
  const isMadeIn = async (folder: string) => {
    const made = await privateFolder({ isShared: true });
    rmSync(made, { recursive: true });
    return dirname(made) === folder;
  };
  expect(await isMadeIn('/tmp')).toBe(true);
  chmodSync(parent, 0o711);
  expect(await isMadeIn(open)).toBe(true);
  chmodSync(open, 0o700);
  expect(await isMadeIn('/tmp')).toBe(true);
});
