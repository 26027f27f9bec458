/**
 * Cost of forty hosts at a glance, after their logins: memory, CPU and drawing of the program; CPU and bytes of the collector and CPU of
 * sshd on each host. `node bench/fleet.ts [--seconds 60] [--dir /tmp/crashcart-lab]` as root, with the lab up:
 * `test/lab/fleet/lab-fleet.sh up`
 */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Console } from '../test/lab/lib/console.ts';
import { commandOf, cpuMs, rssMiB, writtenBytes } from './lib/cpu.ts';
import { figure, machine, median, percentile, printTable } from './lib/figures.ts';

const { values: options } = parseArgs({
  options: { seconds: { type: 'string', default: '60' }, dir: { type: 'string', default: '/tmp/crashcart-lab' } },
});
const state = join(options.dir, 'fleet');
/** Time after which what is read once has been read. */
const WARM_UP_MS = 20_000;

/** Mount namespace of a process; undefined for one that has gone. */
function spaceOf(pid: number): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/ns/mnt`);
  } catch {
    return undefined;
  }
}

const spaces = new Set(
  readdirSync(state)
    .filter((name) => /^node\d+\.pid$/.test(name))
    .map((name) => spaceOf(Number(readFileSync(join(state, name), 'utf8')))),
);
const inHosts = (): readonly number[] =>
  readdirSync('/proc')
    .map(Number)
    .filter((pid) => pid > 0 && spaces.has(spaceOf(pid)));
const isCollector = (pid: number): boolean => /python3 -I -c/.test(commandOf(pid));

await using screen = new Console(['-F', join(state, 'ssh_config'), '-y', 'node[01-40]'], { columns: 120, rows: 40 });
const begunMs = performance.now();
await screen.until(/40 hosts: 40 live/, 120_000);
const liveMs = performance.now() - begunMs;
const startBytes = inHosts().filter(isCollector).map(writtenBytes);
await sleep(WARM_UP_MS);

const pids = inHosts();
const collectors = pids.filter(isCollector);
const others = pids.filter((pid) => !isCollector(pid));
const before = {
  program: cpuMs([screen.pid]),
  each: collectors.map((pid) => cpuMs([pid])),
  sshd: cpuMs(others),
  bytes: collectors.map(writtenBytes),
  drawn: screen.bytes,
};
await sleep(Number(options.seconds) * 1000);
const seconds = Number(options.seconds);
const shares = collectors.map((pid, i) => (cpuMs([pid]) - (before.each[i] ?? 0)) / (10 * seconds));
const rates = collectors.map((pid, i) => (writtenBytes(pid) - (before.bytes[i] ?? 0)) / seconds);

console.log(`${machine()}; ${collectors.length} hosts for ${seconds} s\n`);
printTable(
  ['what', 'figure'],
  [
    ['all live after, s', figure(liveMs / 1000)],
    ['program, MiB resident', figure(rssMiB(screen.pid))],
    ['program, % of a CPU', figure((cpuMs([screen.pid]) - before.program) / (10 * seconds))],
    ['program, bytes/s drawn', figure((screen.bytes - before.drawn) / seconds)],
    ['collector, % of a CPU, median', figure(median(shares))],
    ['collector, % of a CPU, worst', figure(percentile(shares, 1))],
    ['collector, bytes/s, median', figure(median(rates))],
    ['collector, bytes/s, worst', figure(percentile(rates, 1))],
    ['collector, bytes of the start, median', figure(median(startBytes))],
    ['sshd of a host, % of a CPU', figure((cpuMs(others) - before.sshd) / (10 * seconds) / collectors.length)],
    ['collector, MiB resident, median', figure(median(collectors.map((pid) => rssMiB(pid))))],
  ],
);
