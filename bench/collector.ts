/**
 * CPU on the host per second: the collector beside top, htop, atop and glances, at several numbers of processes, in one
 * run on one machine. `node bench/collector.ts [--seconds 15] [--rounds 2] [--processes 200,2000]`
 *
 * "table" is the collector reading the process table once a second; "console" is all reads of the program with the
 * Processes pane in view. The collector only reads, because the screen is drawn elsewhere; the peers also draw. Wire bytes
 * are the bytes written by the collector.
 */
import './lib/raw-text.ts';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Console } from '../test/lab/lib/console.ts';
import { cpuMs, commandOf, treeOf, writtenBytes } from './lib/cpu.ts';
import { figure, machine, median, printTable } from './lib/figures.ts';
import { sleepers } from './lib/sleepers.ts';

const { openUserLane } = await import('../src/host/open-lane.ts');
const { localTransport } = await import('../src/host/local-transport.ts');

const { values: options } = parseArgs({
  options: {
    seconds: { type: 'string', default: '15' },
    rounds: { type: 'string', default: '2' },
    processes: { type: 'string', default: '200,2000,10000' },
  },
});
const seconds = Number(options.seconds);
const WARM_UP_MS = 5000;

interface Measured {
  readonly cpuMsPerSec: number;
  readonly wireBytesPerSec?: number;
}
type Subject = () => Promise<Measured>;

/** CPU of processes during the measurement, per second. */
async function over(pids: () => readonly number[], wirePid?: number): Promise<Measured> {
  const [cpu, wire, begun] = [cpuMs(pids()), wirePid ? writtenBytes(wirePid) : 0, performance.now()];
  await sleep(seconds * 1000);
  const passed = (performance.now() - begun) / 1000;
  return {
    cpuMsPerSec: (cpuMs(pids()) - cpu) / passed,
    ...(wirePid ? { wireBytesPerSec: (writtenBytes(wirePid) - wire) / passed } : {}),
  };
}

const table: Subject = async () => {
  const transport = localTransport();
  const { lane } = await openUserLane(transport);
  const { pid } = lane;
  if (pid === undefined || lane.kind !== 'python3') throw new Error('the Python collector did not start');
  const tick = setInterval(() => void lane.read({ kind: 'processes' }), 1000);
  await sleep(WARM_UP_MS);
  const measured = await over(() => treeOf(pid), pid);
  clearInterval(tick);
  lane.close();
  await transport.close();
  return measured;
};

const wholeConsole: Subject = async () => {
  await using screen = new Console([], { columns: 200, rows: 50 });
  await screen.until('Processes', 15_000);
  await screen.press('3');
  await sleep(WARM_UP_MS);
  const collector = treeOf(screen.pid).find((pid) => /python3 -I -c/.test(commandOf(pid)));
  if (collector === undefined) throw new Error(`no collector below the program:\n${screen.text()}`);
  // `await`, because the screen is disposed when this block ends.
  return await over(() => treeOf(collector), collector);
};

const peer =
  (program: string, ...args: string[]): Subject =>
  async () => {
    await using screen = new Console(args, { program, columns: 200, rows: 50 });
    await sleep(WARM_UP_MS);
    if (!screen.alive) throw new Error(`${program} ended:\n${screen.text()}`);
    // `await`, because the screen is disposed when this block ends.
    return await over(() => [screen.pid]);
  };

const subjects: Readonly<Record<string, Subject>> = {
  'crashcart table': table,
  'crashcart console': wholeConsole,
  top: peer('/usr/bin/top', '-d', '1'),
  htop: peer('/usr/bin/htop', '-d', '10'),
  atop: peer('/usr/bin/atop', '1'),
  glances: peer('/usr/bin/glances', '-t', '1', '--disable-check-update'),
};

console.log(`${machine()}; ${options.rounds} rounds of ${seconds} s, median, interleaved\n`);
for (const total of options.processes.split(',').map(Number)) {
  await using farm = await sleepers(total);
  const results = new Map<string, Measured[]>();
  for (let round = 0; round < Number(options.rounds); round++)
    for (const [name, subject] of Object.entries(subjects))
      results.set(name, [...(results.get(name) ?? []), await subject()]);
  const cpuOf = (name: string) => median((results.get(name) ?? []).map((one) => one.cpuMsPerSec));
  console.log(`\n${farm.count} processes`);
  printTable(
    ['program', 'CPU ms/s', '× htop', '× atop', 'wire kB/s'],
    [...results].map(([name, all]) => {
      const wire = all.flatMap((one) => one.wireBytesPerSec ?? []);
      return [
        name,
        figure(cpuOf(name)),
        figure(cpuOf(name) / cpuOf('htop')),
        figure(cpuOf(name) / cpuOf('atop')),
        figure(wire.length > 0 ? median(wire) / 1000 : undefined),
      ];
    }),
  );
}
