/**
 * Cost on the host of each source of this machine: `node bench/sources.ts [--rounds 20] [--least 0.05]`
 *
 * CPU of the collector and the commands that it runs per reading, with all daemons that answer here, and per second at the
 * period of a source that is not on the screen. Sources below `--least` ms/s are one row.
 */
import './lib/raw-text.ts';
import { parseArgs } from 'node:util';
import type { Read } from '../src/host/host.ts';
import { cpuMs, treeOf } from './lib/cpu.ts';
import { figure, machine, printTable } from './lib/figures.ts';

const { openUserLane } = await import('../src/host/open-lane.ts');
const { localTransport } = await import('../src/host/local-transport.ts');
const { DaemonClients } = await import('../src/host/daemon-clients.ts');
const { readPolicy, sources } = await import('../src/subsystems/index.ts');
const { restPeriodSeconds } = await import('../src/sources/rest-period.ts');

const { values: options } = parseArgs({
  options: { rounds: { type: 'string', default: '20' }, least: { type: 'string', default: '0.05' } },
});
const rounds = Number(options.rounds);

const transport = localTransport();
const { lane } = await openUserLane(transport);
const { pid } = lane;
if (pid === undefined) throw new Error('the Python collector did not start');
const daemons = new DaemonClients(() => undefined, readPolicy.protocolOf);

/** The inventory is read once, by other commands. */
const answerOf = async (read: Read) => {
  if (read.kind === 'inventory') return undefined;
  if (read.kind === 'talk') return await daemons.request(lane, read);
  return read.kind === 'talks' ? await daemons.requestAll(lane, read) : await lane.read(read);
};

interface Cost {
  readonly id: string;
  readonly everySeconds: number;
  readonly ms: number;
  readonly bytes: number;
}

const costs: Cost[] = [];
for (const source of sources) {
  const everySeconds = restPeriodSeconds(source);
  let bytes = 0;
  const readAll = async (): Promise<void> => {
    for (const read of Object.values<Read>(source.reads)) {
      const reading = await answerOf(read);
      if (reading?.ok && typeof reading.value === 'string') bytes += reading.value.length;
    }
  };
  await readAll();
  bytes = 0;
  const before = cpuMs(treeOf(pid));
  for (let round = 0; round < rounds; round++) await readAll();
  costs.push({ id: source.id, everySeconds, ms: (cpuMs(treeOf(pid)) - before) / rounds, bytes: bytes / rounds });
}

const perSecond = ({ ms, everySeconds }: Cost): number => (Number.isFinite(everySeconds) ? ms / everySeconds : 0);
const ranked = costs.toSorted((a, b) => perSecond(b) - perSecond(a));
const least = Number(options.least);
const row = (id: string, every: string, ms: string, all: readonly Cost[]): string[] => [
  id,
  every,
  ms,
  figure(all.reduce((sum, cost) => sum + perSecond(cost), 0)),
  figure(all.reduce((sum, cost) => sum + cost.bytes, 0)),
];
const [shown, rest] = [ranked.filter((one) => perSecond(one) >= least), ranked.filter((one) => perSecond(one) < least)];
console.log(`${machine()}; ${rounds} readings of each of ${costs.length} sources\n`);
printTable(
  ['source', 'every s', 'CPU ms per reading', 'ms/s', 'bytes'],
  [
    ...shown.map((one) => row(one.id, String(one.everySeconds), figure(one.ms), [one])),
    row(`${rest.length} others`, '', '', rest),
    row('all', '', '', ranked),
  ],
);
daemons.drop(lane);
lane.close();
await transport.close();
