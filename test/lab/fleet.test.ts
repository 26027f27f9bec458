import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeAll, expect, it } from 'vitest';
import { Console } from './lib/console.ts';
import { lab, labDir } from './lib/lab.ts';

const config = join(labDir, 'fleet/ssh_config');
const launcher = resolve(import.meta.dirname, '../../bin/crashcart.cjs');

beforeAll(async () => {
  await lab('fleet', 'up');
});
afterEach(async () => {
  await lab('fleet', 'repair');
});

/** Fields of the JSON of a fleet that are compared here. */
interface FleetJson {
  readonly problems: readonly {
    readonly id: string;
    readonly hosts: readonly string[];
    readonly shared: readonly unknown[];
  }[];
  readonly unreachable: readonly unknown[];
  readonly sameIdentity: readonly unknown[];
}

/** Output of `crashcart report` over a fleet as JSON, with its exit code. */
function report(...args: readonly string[]): Promise<{ readonly code: number; readonly json: FleetJson }> {
  return new Promise((done, fail) => {
    const argv = [launcher, 'report', '-F', config, '--format', 'json', ...args];
    execFile(process.execPath, argv, { maxBuffer: 64 << 20, timeout: 100_000 }, (error, stdout, stderr) => {
      if (stdout === '') return fail(new Error(stderr, { cause: error }));
      done({ code: typeof error?.code === 'number' ? error.code : 0, json: JSON.parse(stdout) as FleetJson });
    });
  });
}

it('names three hosts with one package version and a frozen one of forty within 15 s', async () => {
  await using screen = new Console(['-F', config, 'node[01-40]'], { columns: 120, rows: 40 });
  expect(await screen.until('Connect to 40 hosts?')).toContain('node[01-40]');
  await screen.press('y');
  await screen.until(/40 hosts: 40 live/, 60_000);

  await lab('fleet', 'break', 'full', 'frozen');
  const brokenMs = performance.now();
  await screen.until([/crit node\[07,19,33\] .*\/srv: tmpfs full/, /crit node12 .*(?:stalled|lost)/], 30_000);
  const namedMs = performance.now() - brokenMs;
  console.log(`named after ${(namedMs / 1000).toFixed(1)} s`);
  expect(namedMs).toBeLessThan(15_000);
  await screen.until(/package libfault 2\.0-1 +3 of 3 +0 of 3\d/);

  // The row is of three hosts: their list, then the console of one.
  await screen.press('/');
  screen.type('node07');
  await screen.press('enter', 'enter');
  await screen.until('3 hosts: 3 live');
  await screen.press('enter');
  await screen.until([/\[1 Overview/, /\/srv.*full/, /esc .*node07/], 30_000);
  await screen.press('esc');
  await screen.until(/\[J Hosts/);

  await lab('fleet', 'repair');
  await screen.press('esc');
  await screen.until(/40 hosts: 40 live/, 60_000);
  await screen.press('q');
  expect(await screen.exit()).toEqual({ code: 0, signal: undefined });
});

it('logs in to a bastion once for all hosts behind it, and prints what the bad ones share', async () => {
  await lab('fleet', 'break', 'full');
  const logins = () =>
    readFileSync(join(labDir, 'fleet/bastion.log'), 'utf8').match(/Accepted publickey/g)?.length ?? 0;
  const before = logins();
  const { code, json } = await report('via[01-40]', '--yes', '--fail-on', 'crit');
  expect(code).toBe(3);
  expect(logins() - before).toBe(1);
  const [problem] = json.problems;
  expect(problem).toMatchObject({ id: 'filesystem-full/space', hosts: ['via07', 'via19', 'via33'] });
  expect(problem?.shared).toMatchObject([
    { facts: ['package libfault 2.0-1'], bad: 3, allBad: 3, others: 0, allOthers: 37 },
  ]);
  expect(json.sameIdentity).toEqual([]);
});

it('shows hosts that refuse by their reason, two names of one host, and declines without a yes', async () => {
  const { code, json } = await report('node[01-06],via06,127.1.0.[141-146]', '--yes');
  expect(code).toBe(0);
  expect(json.unreachable).toMatchObject([
    { why: 'Connection refused', hosts: Array.from({ length: 6 }, (_, i) => `127.1.0.${141 + i}`) },
  ]);
  expect(json.sameIdentity).toEqual([{ by: 'boot', hosts: ['node06', 'via06'] }]);
  await expect(report('node[01-06]')).rejects.toThrow('not connected to 6 hosts: not confirmed');
  await expect(report('node[01-06', '--yes')).rejects.toThrow('missing ]');
});

it('asks for unknown host keys one by one in a list', async () => {
  const known = join(labDir, 'fleet/known_hosts_of_test');
  writeFileSync(known, '');
  await using screen = new Console(['-F', config, '-o', `UserKnownHostsFile=${known}`, '-y', 'node[01-03]'], {
    columns: 100,
    rows: 30,
  });
  await screen.until('Unknown host key, 1 of 3', 30_000);
  await screen.press('y');
  await screen.until('Unknown host key, 2 of 3');
  await screen.press('y');
  await screen.until('Unknown host key, 3 of 3');
  await screen.press('n');
  await screen.until(/3 hosts: (?:2 live, 1 failed|1 failed, 2 live)/, 30_000);
  expect(screen.text()).toMatch(/crit .*failed .*Host key verif/);
});

/** Output of a command over the hosts of the lab, with its exit code. */
function run(
  ...argv: readonly string[]
): Promise<{ readonly code: number; readonly out: string; readonly err: string }> {
  const [command = '', ...rest] = argv;
  return new Promise((done) => {
    execFile(process.execPath, [launcher, command, '-F', config, ...rest], { timeout: 120_000 }, (error, out, err) => {
      done({ code: typeof error?.code === 'number' ? error.code : 0, out, err });
    });
  });
}

it('prints one table of many hosts, equal rows folded, and what differs', async () => {
  const { code, out, err } = await run('table', '--yes', 'node[01-10],127.1.0.141', 'packages.packages', '--differences', '--filter', 'libfault'); // prettier-ignore
  expect(code).toBe(0);
  expect(out).toMatch(/^node\[01-06,08-10\] +9 +libfault +1\.9-3/m);
  expect(out).toMatch(/^node07 +1 +libfault +2\.0-1/m);
  expect(err).toContain('9 alike, 1 differ, 1 failed');
  expect(err).toContain('127.1.0.141: Connection refused');
});

it('records several hosts into a folder that opens as a set, redacted with shared pseudonyms', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'crashcart-set-'));
  const out = join(folder, 'set');
  const { code, err } = await run('record', '--yes', '--redact', 'node[05-06]', '--for', '10s', '--out', out);
  expect(`${code} ${err}`).toMatch(/^0 .*2 hosts recorded/s);
  expect(readdirSync(out).toSorted()).toEqual(['host-1.cc.zst', 'host-2.cc.zst']);
  const report = await run('report', out);
  expect(report.out).toMatch(/2 hosts: 2 recorded/);
  expect(report.out).not.toContain('node05');
  rmSync(folder, { recursive: true });
});
