import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { parseCommand } from '../../src/commands/arguments.ts';
import { writeNotes } from '../../src/commands/report-notes.ts';
import { loadConfig } from '../../src/config.ts';
import { setRedact } from '../../src/lib/plain.ts';
import { Recorder } from '../../src/recording/recorder.ts';
import { hostArchive } from '../helpers/hosts.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'crashcart-notes-'));
  vi.stubEnv('XDG_STATE_HOME', folder);
  vi.stubEnv('XDG_CONFIG_HOME', folder);
});
afterEach(() => {
  setRedact(undefined);
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

test.each(['json', 'html'])(
  'writeNotes refuses %s notes and names the field when an identifier is left',
  async (format) => {
    const file = join(folder, 'odd.cc.zst');
    const at = Date.now();
    const recorder = await Recorder.start({ path: file, host: 'node-7', kind: 'ssh', crashcart: '0', redacted: false, nowMs: () => at }); // prettier-ignore
    const passwd = { kind: 'file', path: '/etc/passwd' } as const;
    const value = 'root:x:0:0::/root:/bin/sh\nwilhelmina:x:1000:1000::/home/wilhelmina:/bin/sh\n';
    recorder.sample('users', { sample: undefined, missing: {}, at: 1, readings: [{ name: 'passwd', read: passwd, reading: { ok: true, value, at: 1, tookMs: 1 } }] }, at, 1, false); // prettier-ignore
    // The id of a terminal is not redacted.
    recorder.add({ e: 'terminal', t: at, terminal: 'wilhelmina', title: 'gdb', columns: 80, rows: 24 });
    recorder.add({ e: 'output', t: at, terminal: 'wilhelmina', data: 'hello\r\n' });
    await recorder.close();
    const out = join(folder, 'notes');
    const command = parseCommand(['report', file, '--redact', '--format', format, '--out', out]);
    if (command.kind !== 'report') throw new Error(command.kind);
    await expect(writeNotes(command, await loadConfig(undefined))).rejects.toThrow(
      /^case notes not written: identifiers left in .+$/,
    );
    expect(existsSync(out)).toBe(false);
    const clean = parseCommand(['report', file, '--format', format, '--out', out]);
    if (clean.kind !== 'report') throw new Error(clean.kind);
    await writeNotes(clean, await loadConfig(undefined));
    expect(existsSync(out)).toBe(true);
  },
);

test.each([
  ['ceph-dead-osd', 'crit', 3],
  ['ceph-frozen-mgr', 'crit', 0],
  ['ceph-frozen-mgr', 'warn', 3],
  ['ceph-calm', 'warn', 0],
])('writeNotes of %s with --fail-on %s gives exit code %i', async (host, severity, code) => {
  const out = join(folder, 'notes');
  const command = parseCommand(['report', hostArchive(host), '--short', '--out', out, '--fail-on', severity]);
  if (command.kind !== 'report') throw new Error(command.kind);
  expect(await writeNotes(command, await loadConfig(undefined))).toBe(code);
  expect(existsSync(out)).toBe(true);
});

test('writeNotes of a recorded host has the hash of its file and none of segments, which are not in it', async () => {
  const out = join(folder, 'notes.json');
  const archive = hostArchive('queues-host');
  const command = parseCommand(['report', archive, '--format', 'json', '--out', out]);
  if (command.kind !== 'report') throw new Error(command.kind);
  await writeNotes(command, await loadConfig(undefined));
  const { evidence } = JSON.parse(readFileSync(out, 'utf8'));
  const bytes = readFileSync(archive);
  expect(evidence).toEqual({
    file: 'queues-host.txtar',
    bytes: bytes.length,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    problems: [],
  });
});
