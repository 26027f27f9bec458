import { copyFileSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { parseCommand } from '../../src/commands/arguments.ts';
import { recordFleet } from '../../src/commands/fleet-record.ts';
import { printFleetTable } from '../../src/commands/fleet-table.ts';
import { loadConfig } from '../../src/config.ts';
import { setRedact } from '../../src/lib/plain.ts';
import { hostArchive } from '../helpers/hosts.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'crashcart-fleet-'));
  vi.stubEnv('XDG_STATE_HOME', join(folder, 'state'));
  vi.stubEnv('XDG_CONFIG_HOME', folder);
});
afterEach(() => {
  setRedact(undefined);
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

/** What a command writes to both outputs. */
async function written(run: () => Promise<number>): Promise<string> {
  let text = '';
  for (const stream of [process.stdout, process.stderr])
    vi.spyOn(stream, 'write').mockImplementation((piece, encoding, done) => {
      text += String(piece);
      (typeof encoding === 'function' ? encoding : done)?.();
      return true;
    });
  await run();
  vi.restoreAllMocks();
  return text;
}

test('a redacted table has no name of a host in its node sets, nor in those of hosts that were not read', async () => {
  const path = (name: string) => join(folder, `${name}.dc1.acme.corp.txtar`);
  for (const name of ['stg3', 'stg4']) copyFileSync(hostArchive('kvm-host'), path(name));
  for (const name of ['ctl1', 'ctl2']) writeFileSync(path(name), 'no recording');
  const args = parseCommand(['table', ...['ctl1', 'ctl2', 'stg3', 'stg4'].map(path), 'hardware.disks']);
  if (args.kind !== 'fleet-table') throw new Error(args.kind);
  const config = await loadConfig(undefined);
  const open = await written(() => printFleetTable(args, config));
  expect(open).toContain('stg[3-4].dc1.acme.corp');
  expect(open).toContain('ctl1.dc1.acme.corp: ');
  const redacted = await written(() => printFleetTable({ ...args, redact: true }, config));
  expect(redacted).toMatch(/^host-\[\d,\d\] +2 /m);
  expect(redacted).toMatch(/^crashcart: host-1: /m);
  expect(redacted).not.toMatch(/stg|ctl|acme/);
});

test('a redacted set of recordings has no name of a host whose login failed', async () => {
  const out = join(folder, 'out');
  const args = ['record', 'ctl[1-2].dc1.acme.corp', '--yes', '--for', '1s', '--out', out, '-o', 'NoSuchOption=1'];
  const command = parseCommand(args);
  if (command.kind !== 'fleet-record') throw new Error(command.kind);
  const config = await loadConfig(undefined);
  // One line of both with OpenSSH; without it a reason of each, which holds the name.
  expect(await written(() => recordFleet(command, config))).toMatch(
    /ctl(?:1|\[1-2\])\.dc1\.acme\.corp: not recorded: /,
  );
  const redacted = await written(() => recordFleet({ ...command, redact: true }, config));
  expect(redacted).toMatch(/: host-(?:\d|\[\d,\d\]): not recorded: /);
  expect(redacted).not.toMatch(/ctl|acme/);
  expect(readdirSync(out)).toEqual([]);
});
