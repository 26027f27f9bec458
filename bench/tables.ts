/**
 * Cost of the tables of control groups and threads: CPU of the collector per reading, with real groups and processes, and
 * of the parsers. `node bench/tables.ts [--seconds 20] [--containers 1000] [--guests 300]` (as root)
 *
 * The first reading, which sends all rows, is a separate column. "parse" is local CPU, from the frame to samples.
 */
import './lib/raw-text.ts';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { guests } from './lib/guests.ts';
import { containers } from './lib/containers.ts';
import { writtenBytes } from './lib/cpu.ts';
import { figure, machine, printTable } from './lib/figures.ts';

const { openUserLane } = await import('../src/host/open-lane.ts');
const { localTransport } = await import('../src/host/local-transport.ts');
const { cgroups } = await import('../src/sources/containers/cgroups.ts');
const { threadsOf } = await import('../src/sources/processes/thread-table.ts');

const { values: options } = parseArgs({
  options: {
    seconds: { type: 'string', default: '20' },
    containers: { type: 'string', default: '1000' },
    guests: { type: 'string', default: '300' },
  },
});
const seconds = Number(options.seconds);
const threads = threadsOf({ id: 'bench', title: '', why: '', everySeconds: 1 }, ['python3', 'qemu-system-']);

const rows: string[][] = [];
for (const source of [cgroups, threads]) {
  await using farm =
    source === cgroups ? await containers(Number(options.containers)) : await guests(Number(options.guests));
  const transport = localTransport();
  const { lane } = await openUserLane(transport);
  const { pid } = lane;
  if (pid === undefined || lane.kind !== 'python3') throw new Error('the Python collector did not start');
  const cost = () => ({ host: (lane.cpuSeconds() ?? NaN) * 1000, wire: writtenBytes(pid) });
  let parseMs = 0;
  let things = 0;
  const read = async (): Promise<void> => {
    const reading = await lane.read(source.reads.table);
    if (!reading.ok) throw new Error(reading.detail);
    const begun = process.cpuUsage();
    // TypeScript does not relate a source to the type of its reading.
    const sample = source.parse({ table: reading.value } as never);
    const { user, system } = process.cpuUsage(begun);
    parseMs += (user + system) / 1000;
    things =
      'cgroups' in sample
        ? sample.cgroups.size
        : [...sample.processes.values()].reduce((sum, one) => sum + one.threads.length, 0);
  };
  const begun = cost();
  await read();
  const first = cost();
  await read();
  // Readings after the first two are the steady state.
  await sleep(1000);
  const [before, parsedBefore] = [cost(), parseMs];
  for (let tick = 0; tick < seconds; tick++) {
    await read();
    await sleep(1000);
  }
  const after = cost();
  rows.push([
    source === cgroups ? 'control groups, a third at work' : `threads of ${farm.count} guests, a sixth at work`,
    String(things),
    figure(first.host - begun.host),
    figure((after.host - before.host) / seconds),
    figure((after.wire - before.wire) / seconds / 1000),
    figure((parseMs - parsedBefore) / seconds),
  ]);
  lane.close();
  await transport.close();
}
console.log(`${machine()}; ${seconds} readings, one a second\n`);
printTable(['table', 'of', 'first, CPU ms', 'each, CPU ms', 'wire kB', 'parse, CPU ms'], rows);
