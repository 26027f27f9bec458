import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseCommand } from '../../src/commands/arguments.ts';
import { commandEntries, optionList } from '../../src/commands/command-line.ts';
import { completion, SHELLS } from '../../src/commands/completion.ts';
import { doctorText } from '../../src/commands/doctor.ts';
import { manPage } from '../../src/commands/man-page.ts';
import { meantCommand } from '../../src/commands/meant-command.ts';
import { usage } from '../../src/commands/usage.ts';
import type { Session, SourceStatus } from '../../src/collect/session.ts';
import type { Missing } from '../../src/host/host.ts';
import type { Reached } from '../../src/commands/reach.ts';
import { sources } from '../../src/subsystems/index.ts';

describe('parseCommand', () => {
  test.each(['help', 'version', 'man', 'keys', 'sources'] as const)('takes %s as a command', (kind) => {
    expect(parseCommand([kind])).toEqual({ kind });
    expect(() => parseCommand([kind, 'x'])).toThrow(`crashcart ${kind} takes none`);
  });

  test('suggests the command and the option that were meant', () => {
    expect(() => parseCommand(['repley', 'a.cc.zst'])).toThrow('did you mean crashcart replay?');
    expect(() => parseCommand(['host', '--recrod', 'x'])).toThrow('did you mean --record?');
    expect(() => parseCommand(['host', '--qqq'])).toThrow(/^Unknown option '--qqq'$/);
    expect(['dmeo', 'docter', 'node-7', 'a.example', 'web'].map(meantCommand)).toEqual([
      'demo',
      'doctor',
      undefined,
      undefined,
      undefined,
    ]);
  });

  test('takes completion of a known shell only', () => {
    for (const shell of SHELLS) expect(parseCommand(['completion', shell])).toEqual({ kind: 'completion', shell });
    expect(() => parseCommand(['completion'])).toThrow('missing SHELL');
    expect(() => parseCommand(['completion', 'ksh'])).toThrow('expected bash, zsh or fish');
  });
});

test('usage, completions and manual page name every command and option', () => {
  const texts = [usage(), ...SHELLS.map(completion), manPage('1.2.3').replaceAll('\\', '')];
  for (const text of texts) {
    for (const { name } of commandEntries) expect(text).toContain(name);
    for (const { name } of optionList) expect(text).toMatch(new RegExp(`(--|-l )${name}\\b`));
  }
  for (const line of usage().split('\n')) expect(line.length).toBeLessThanOrEqual(80);
});

/** Completions that bash offers for the words of a line. */
function offered(...words: readonly string[]): readonly string[] {
  const home = mkdtempSync(join(tmpdir(), 'crashcart-home-'));
  mkdirSync(join(home, '.ssh'));
  writeFileSync(join(home, '.ssh/config'), 'Host node-7 *.lab\nHost node-8\n');
  const script = `${completion('bash')}
COMP_WORDS=(crashcart "$@"); COMP_CWORD=$#; _crashcart; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const env = { HOME: home, PATH: process.env['PATH'] };
  return execFileSync('bash', ['-c', script, 'bash', ...words], { env, cwd: home, encoding: 'utf8' })
    .trim()
    .split('\n');
}

test('bash completes commands, hosts, options and their words', () => {
  expect(offered('re')).toEqual(['replay', 'record', 'report']);
  expect(offered('node')).toEqual(['node-7', 'node-8']);
  expect(offered('doctor', 'node-')).toEqual(['node-7', 'node-8']);
  expect(offered('report', '--fo')).toEqual(['--for', '--format']);
  expect(offered('report', '--format', '')).toEqual(['md', 'html', 'json', 'openmetrics', 'text', 'csv', 'ndjson', 'folded', 'pprof', 'speedscope', 'svg']); // prettier-ignore
  expect(offered('completion', 'z')).toEqual(['zsh']);
  expect(offered('replay', '.s')).toEqual(['.ssh']);
});

test('man page is accepted by groff without a warning', (context) => {
  const groff = spawnSync('groff', ['-man', '-ww', '-Tascii'], { input: manPage('1.2.3'), encoding: 'utf8' });
  if (groff.error) context.skip();
  expect(groff.stderr).toBe('');
  expect(groff.stdout).toContain('crashcart');
});

test('doctor starts with a summary and lists the worst group first', async () => {
  const [a, b, c, d, ...others] = sources.filter(({ reads }) => Object.keys(reads).length > 1);
  if (!a || !b || !c || !d) throw new Error('needs sources with several reads');
  const every = (source: typeof a, gap: Missing): SourceStatus['missing'] =>
    Object.fromEntries(Object.keys(source.reads).map((name) => [name, gap]));
  const one = (source: typeof a, gap: Missing): SourceStatus['missing'] =>
    Object.fromEntries(Object.entries(every(source, gap)).slice(0, 1));
  const missing = new Map<string, SourceStatus['missing']>([
    [a.id, every(a, { ok: false, why: 'absent', detail: 'no such file' })],
    [b.id, one(b, { ok: false, why: 'absent', detail: 'no such option' })],
    [c.id, every(c, { ok: false, why: 'denied', detail: 'permission denied' })],
    [d.id, one(d, { ok: false, why: 'timeout', detail: 'timeout after 2 s' })],
  ]);
  const status = {
    sources: sources
      .filter(({ id }) => id !== others[0]?.id)
      .map(({ id }) => ({ id, reads: 1, tookMs: 3, missing: missing.get(id) ?? {} })),
  };
  const host = {
    name: 'node-7',
    root: () => ({ state: 'none', detail: 'no sudo' }),
    transport: () => 'ssh2 · python3',
    connection: () => ({
      why: 'ssh2: supports all settings of this target',
      algorithms: { kex: 'curve25519-sha256', hostKey: 'ssh-ed25519', cipher: 'aes128-ctr', compression: 'none' },
    }),
    read: async () => ({ ok: false, why: 'absent', detail: '' }),
  };
  // The members of both that the text needs.
  const text = await doctorText({ host } as unknown as Reached, { status: () => status } as unknown as Session);
  expect(text).toContain(
    `readings    2 not readable, 1 partly readable, 1 partly present, ${sources.length - 5} readable, 1 not present\ntools       0 of 3 installed`,
  );
  expect(text).toContain(
    'client      ssh2: supports all settings of this target\nhandshake   kex curve25519-sha256, host key ssh-ed25519, cipher aes128-ctr\n',
  );
  const heads = text.split('\n').filter((line) => /^[A-Z ]+$/.test(line) && line.trim() !== '');
  expect(heads).toEqual(['NOT READABLE', 'PARTLY READABLE', 'PARTLY PRESENT', 'READABLE', 'NOT PRESENT', 'TOOLS']);
  const group = text.slice(text.indexOf('NOT READABLE'), text.indexOf('PARTLY READABLE'));
  // Of one reason in several reads one line.
  expect(group.match(/permission denied/g)).toHaveLength(1);
  expect(group.indexOf('not read yet')).toBeLessThan(group.indexOf('permission denied'));
});
