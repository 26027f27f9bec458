import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lab, labDir } from './lib/lab.ts';

const run = promisify(execFile);
const launcher = resolve(import.meta.dirname, '../../bin/crashcart.cjs');
const TARGET = ['-F', join(labDir, 'sshd/ssh_config'), 'support@main'];

let folder = '';
beforeAll(async () => {
  await lab('sshd', 'up');
  folder = mkdtempSync(join(tmpdir(), 'crashcart-lab-report-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const crashcart = (...args: readonly string[]) =>
  run(process.execPath, [launcher, ...args], {
    cwd: folder,
    env: { ...process.env, XDG_STATE_HOME: join(folder, 'state') },
    maxBuffer: 64 << 20,
    timeout: 90_000,
  });

describe('redacted case notes of a live host', () => {
  it('hold no name and no address of the host', async () => {
    const out = join(folder, 'notes.html');
    const { stderr } = await crashcart('report', ...TARGET, '--redact', '--format', 'html', '--out', out);
    const names = /pseudonym table: (\S+) /.exec(stderr)?.[1] ?? '';
    expect(statSync(names).mode & 0o777).toBe(0o600);
    const known = JSON.parse(readFileSync(names, 'utf8')) as readonly {
      kind: string;
      value: string;
      pseudonym: string;
    }[];
    expect(known.length).toBeGreaterThan(3);
    const notes = readFileSync(out, 'utf8');
    // `support` is also a common word.
    for (const { value } of known.filter(({ kind, value }) => kind === 'host' && value.length > 4))
      expect(notes).not.toContain(value);
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    expect(notes).not.toContain(boot);
    expect(notes).toMatch(/(?:user-\d+|support)@host-\d+/);
    expect(statSync(out).mode & 0o777).toBe(0o600);
  });
});
