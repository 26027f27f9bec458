import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { parseCommand } from '../../src/commands/arguments.ts';
import { printTable } from '../../src/commands/table.ts';
import { loadConfig } from '../../src/config.ts';
import { setRedact } from '../../src/lib/plain.ts';
import { hostArchive } from '../helpers/hosts.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'crashcart-table-'));
  vi.stubEnv('XDG_STATE_HOME', folder);
  vi.stubEnv('XDG_CONFIG_HOME', folder);
});
afterEach(() => {
  setRedact(undefined);
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

/** What `crashcart table …` prints. */
async function printed(...args: readonly string[]): Promise<string> {
  const command = parseCommand(['table', ...args]);
  if (command.kind !== 'table') throw new Error(command.kind);
  let text = '';
  vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  vi.spyOn(process.stdout, 'write').mockImplementation((piece, encoding, done) => {
    text += String(piece);
    (typeof encoding === 'function' ? encoding : done)?.();
    return true;
  });
  await printTable(command, await loadConfig(undefined), join(import.meta.dirname, '../../assets'));
  vi.restoreAllMocks();
  return text;
}

describe('crashcart table', () => {
  test('prints a table of a recorded host as CSV', async () => {
    const text = await printed(hostArchive('kvm-host'), 'kvm.guests', '--format', 'csv', '--columns', 'guest,steal_percent', '--sort', 'steal'); // prettier-ignore
    const [head, first] = text.split('\n');
    expect(head).toBe('guest,steal_percent');
    expect(first).toMatch(/^[\w-]+,\d+\.\d+$/);
  });

  test('prints pseudonyms for names when it is redacted', async () => {
    const args = [hostArchive('kvm-host'), 'kvm.guests', '--format', 'ndjson'];
    const names = (await printed(...args)).split('\n').filter(Boolean).map((line) => /"guest":"([^"]+)"/.exec(line)?.[1] ?? ''); // prettier-ignore
    const redacted = await printed(...args, '--redact');
    expect(names.length).toBeGreaterThan(2);
    for (const name of names) expect(redacted).not.toContain(name);
    expect(redacted).toContain('"guest":"vm-');
  });

  test('prints rows that match when a filter is given', async () => {
    const text = await printed('demo', 'hardware.disks', '--filter', '^vd|^sd|^nvme', '--columns', 'disk');
    expect(text.split('\n')[0]).toBe('disk');
    expect(text.trim().split('\n').length).toBeGreaterThan(1);
  });

  test('lists all tables without a host, and those of a host with their rows', async () => {
    expect(await printed('--list')).toContain('hardware.disks: disk util_percent r_per_second');
    expect(await printed('--list', hostArchive('kvm-host'))).toMatch(/^kvm\.guests \(\d+ rows\): /m);
  });

  test.each([
    [['host'], '"host": not PANE.SECTION'],
    [[], 'missing PANE.SECTION'],
    [['x.y', '--format', 'md'], '--format: invalid format "md", expected text, csv, ndjson, json'],
    [['x.y', '--filter', '('], '--filter: invalid regular expression "("'],
    [['x.y', '--sort', 'a:up'], '--sort: invalid order "up"'],
    [['x.y', '--fail-on', 'crit'], '--fail-on is not an option of table'],
  ])('refuses %j with the reason', (args, reason) => {
    expect(() => parseCommand(['table', ...args])).toThrow(reason);
  });

  test('options of a table are refused elsewhere', () => {
    expect(() => parseCommand(['report', 'host', '--sort', 'x'])).toThrow(
      '--sort is an option of table: crashcart table host',
    );
  });
});
