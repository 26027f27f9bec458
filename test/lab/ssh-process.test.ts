import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sshdLab, WITH_KEY } from './lib/sshd.ts';

const { reach, folder } = sshdLab();

describe('the ssh process', () => {
  const mine = (): string[] => readdirSync(tmpdir()).filter((name) => /^crashcart-[A-Za-z0-9]{6}$/.test(name));

  it('ends and removes its directory on close', async () => {
    process.env['XDG_RUNTIME_DIR'] = '';
    const before = mine();
    const { transport } = await reach('openssh', 'main', { configFile: WITH_KEY });
    const made = mine().filter((name) => !before.includes(name));
    expect(made).toHaveLength(1);
    await transport.close();
    expect(existsSync(join(tmpdir(), made[0] ?? ''))).toBe(false);
  });

  it('ends with crashcart, also on kill -9', async () => {
    const source = new URL('../../src/host/ssh/', import.meta.url).pathname;
    const program = `
      import { connect } from '${source}connect.ts';
      import { parseTarget } from '${source}target.ts';
      const prompter = { secret: async () => undefined, confirm: async () => false, notify: () => undefined };
      const { transport } = await connect(parseTarget('main', { configFile: '${WITH_KEY}' }), { backend: 'openssh' }, prompter);
      const pipe = await transport.exec('echo $PPID; cat');
      pipe.stdout.on('data', (bytes) => process.stdout.write(bytes));`;
    const child = spawn(process.execPath, ['--input-type=module-typescript', '-e', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, XDG_RUNTIME_DIR: folder() },
    });
    const session = await new Promise<number>((settle) =>
      child.stdout.once('data', (bytes: Buffer) => settle(Number(bytes))),
    );
    expect(readdirSync(folder())).toHaveLength(1);
    child.kill('SIGKILL');
    await expect.poll(() => existsSync(`/proc/${session}`), { timeout: 5000 }).toBe(false);
    await expect.poll(() => readdirSync(folder()), { timeout: 5000 }).toEqual([]);
  });
});
