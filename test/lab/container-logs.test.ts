import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { beforeAll, expect, it } from 'vitest';
import { Console } from './lib/console.ts';
import { lab } from './lib/lab.ts';

const run = promisify(execFile);
const docker = (...args: readonly string[]) => run('docker', ['-H', 'unix:///run/docker.sock', ...args]);
const WRITER = 'i=0; while sleep 1; do i=$((i+1)); echo "tick $i"; echo "failed $i" >&2; done';

beforeAll(async () => {
  await lab('docker', 'up');
  await docker('rm', '-f', 'lab-log').catch(() => undefined);
  await docker('run', '-d', '--name', 'lab-log', 'lab/busybox:1', 'sh', '-c', WRITER);
  return async () => {
    await docker('rm', '-f', 'lab-log').catch(() => undefined);
  };
});

/** Opens the log of a container from its page. */
async function openLog(screen: Console, name: string): Promise<void> {
  await screen.go('Containers');
  await screen.press('/');
  screen.type(name);
  await screen.press('enter');
  await screen.until(new RegExp(`▸.* ${name} `), 90_000);
  await screen.press('enter');
  await screen.until(/log, followed/, 60_000);
  for (let i = 0; i < 12 && !/▸On demand/.test(screen.text()); i++) {
    await screen.press('tab');
    await screen.settle(400, 3000);
  }
  await screen.until(/▸On demand/, 20_000);
  await screen.press('enter');
}

it('the log of a Docker container is followed, and a filter searches it', { timeout: 400_000 }, async () => {
  await using screen = new Console(['--budget', '60'], { columns: 140, rows: 45 });
  await screen.until('LIVE', 90_000);
  await openLog(screen, 'lab-log');
  const text = await screen.until([/tick \d+/, /failed \d+/], 60_000);
  const first = Number(/tick (\d+)/.exec(text)?.[1]);
  await screen.until(new RegExp(`tick ${first + 5}\\b`), 60_000);
  await screen.press('/');
  screen.type('failed');
  await screen.press('enter');
  await screen.until(/^(?![\s\S]*tick \d)[\s\S]*failed \d+/, 30_000);
  expect(screen.text()).toContain('failed');
});
