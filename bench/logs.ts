/**
 * Cost of units, journal and kernel log on the host, per second, beside the tools that follow the same, in one run (root):
 * `node bench/logs.ts [--seconds 30] [--unit ssh.service] [--bus /run/dbus/system_bus_socket] [--lines 0]`
 *
 * `--lines` writes so many lines per second to /dev/kmsg. CPU of the collector and of what it started; of tools that are started again for
 * each reading with their start; "manager" is that of systemd and its bus meanwhile, above their own.
 */
import './lib/raw-text.ts';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { commandOf, cpuMs, parents, treeOf } from './lib/cpu.ts';
import { figure, machine, printTable } from './lib/figures.ts';

const { openUserLane } = await import('../src/host/open-lane.ts');
const { localTransport } = await import('../src/host/local-transport.ts');
const { DaemonClients } = await import('../src/host/daemon-clients.ts');
const { readPolicy } = await import('../src/subsystems/index.ts');
const { kernelLog } = await import('../src/sources/kernel/kernel-log.ts');
const { followJournal } = await import('../src/sources/systemd/journal.ts');
const { journalFiles } = await import('../src/sources/systemd/journal-files.ts');
const { serviceJournal } = await import('../src/sources/systemd/service-logs.ts');
const { unitLog } = await import('../src/sources/systemd/unit-log.ts');
const { unitInvocations, unitManager, units } = await import('../src/sources/systemd/units.ts');
const { watchedUnits } = await import('../src/sources/systemd/watched-units.ts');
const { bindDetail } = await import('../src/sources/source.ts');
type Reader = Pick<ReturnType<typeof followJournal>, 'id' | 'reads' | 'parse'>;

const { values: options } = parseArgs({
  options: {
    seconds: { type: 'string', default: '30' },
    unit: { type: 'string', default: 'ssh.service' },
    bus: { type: 'string', default: '/run/dbus/system_bus_socket' },
    lines: { type: 'string', default: '0' },
  },
});
const seconds = Number(options.seconds);
const linesPerSecond = Number(options.lines);

const transport = localTransport();
const { lane } = await openUserLane(transport);
const { pid } = lane;
if (pid === undefined) throw new Error('the Python collector did not start');
const daemons = new DaemonClients(() => undefined, readPolicy.protocolOf);

/** Managers of units and buses of this machine. */
const managers = [...parents().keys()].filter((one) =>
  /(?:^|\/)(?:systemd( --user)?|init|dbus-daemon|dbus-broker)( |$)/.test(commandOf(one)),
);

/** CPU ms per second of some processes over the time, while lines are written. */
async function measured(watched: () => readonly number[]): Promise<{ readonly own: number; readonly manager: number }> {
  const [own, manager] = [cpuMs(watched()), cpuMs(managers)];
  const until = performance.now() + seconds * 1000;
  while (performance.now() < until) {
    if (linesPerSecond > 0) appendFileSync('/dev/kmsg', `<6>crashcart bench: line of ${linesPerSecond}/s\n`);
    await sleep(linesPerSecond > 0 ? 1000 / linesPerSecond : 200);
  }
  return { own: (cpuMs(watched()) - own) / seconds, manager: (cpuMs(managers) - manager) / seconds };
}

/** Reads of a source at its period; bytes of the readings. */
async function readAll(source: Reader): Promise<number> {
  const values: Record<string, string> = {};
  let bytes = 0;
  for (const [name, read] of Object.entries(source.reads)) {
    // Its readings are files, globs, commands and requests.
    if (read.kind !== 'file' && read.kind !== 'glob' && read.kind !== 'run' && read.kind !== 'talk' && read.kind !== 'statfs') continue; // prettier-ignore
    const reading = read.kind === 'talk' ? await daemons.request(lane, { ...read, to: read.dialect === 'systemd' ? options.bus : read.to }) : await lane.read(read); // prettier-ignore
    if (!reading.ok || typeof reading.value !== 'string') continue;
    values[name] = reading.value;
    bytes += reading.value.length;
  }
  source.parse(values);
  return bytes;
}

const ofUnit = { unit: options.unit };
const SOURCES: readonly (readonly [source: Reader, everySeconds: number])[] = [
  [kernelLog, 2],
  [units, 5],
  [watchedUnits, 5],
  [unitInvocations, 5],
  [unitManager, 50],
  [journalFiles, 300],
  [serviceJournal, 120],
  [bindDetail(unitLog, ofUnit), 5],
  [followJournal(ofUnit), 2],
];
const none = await measured(() => []);
const rows: string[][] = [];
for (const [source, everySeconds] of SOURCES) {
  const bytes = await readAll(source);
  const end = new AbortController();
  const reading = (async () => {
    for (; !end.signal.aborted; await sleep(Math.min(everySeconds, seconds / 2) * 1000)) await readAll(source);
  })();
  const { own, manager } = await measured(() => treeOf(pid));
  end.abort();
  await reading;
  const share = Math.min(1, seconds / 2 / everySeconds);
  rows.push([`crashcart, ${source.id}`, `${everySeconds} s`, figure(own * share), figure((manager - none.manager) * share), String(bytes)]); // prettier-ignore
}

/** Tools that follow, and those that are started for each reading, with their period. */
const TOOLS: readonly (readonly [argv: readonly string[], everySeconds: number | undefined])[] = [
  [['dmesg', '-w'], undefined],
  [['journalctl', '-f'], undefined],
  [['journalctl', '-f', '-u', options.unit], undefined],
  [['systemctl', 'list-units', '--all', '--no-pager'], 5],
  [['systemctl', '--failed', '--no-pager'], 5],
  [['systemctl', 'list-timers', '--no-pager'], 30],
  [['journalctl', '--disk-usage'], 300],
];
for (const [argv, everySeconds] of TOOLS) {
  // A shell, whose ended children count as its own.
  const script = everySeconds === undefined ? 'exec "$@"' : `while :; do "$@"; sleep ${Math.min(everySeconds, seconds / 2)}; done`; // prettier-ignore
  const tool = spawn('sh', ['-c', script, 'sh', ...argv], { stdio: 'ignore' });
  const ended = once(tool, 'exit');
  await sleep(1000);
  const root = tool.pid;
  const { own, manager } = await measured(() => (root === undefined || tool.exitCode !== null ? [] : treeOf(root)));
  const isOver = tool.exitCode !== null;
  tool.kill();
  await ended;
  const share = everySeconds === undefined ? 1 : Math.min(1, seconds / 2 / everySeconds);
  rows.push([`\`${argv.join(' ')}\``, everySeconds === undefined ? 'follows' : `${everySeconds} s`, isOver ? '-' : figure(own * share), isOver ? '-' : figure((manager - none.manager) * share), '']); // prettier-ignore
}

console.log(`${machine()}; ${seconds} s each, ${linesPerSecond} lines/s to /dev/kmsg, managers alone ${figure(none.manager)} ms/s\n`); // prettier-ignore
printTable(['client', 'every', 'host CPU, ms/s', 'manager, ms/s', 'bytes per reading'], rows);
daemons.drop(lane);
lane.close();
await transport.close();
