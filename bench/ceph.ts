/**
 * Cost of watching a Ceph cluster. Locally, for synthetic clusters of up to 5 000 OSDs: parsing each reply, the model,
 * drawing at 200x60, a key press, and the rules. On the host, with the lab's cluster or any other with a readable keyring: CPU
 * of the librados session and of the daemons, beside `ceph -s`, `ceph osd tree` and `ceph osd df` each second.
 * `node bench/ceph.ts [--osds 100,1000,5000] [--seconds 20]` (as root, for the host's part)
 */
import './lib/raw-text.ts';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { parseArgs, promisify } from 'node:util';
import type { Read } from '../src/host/host.ts';
import type { AnySource } from '../src/sources/source.ts';
import { syntheticCluster } from './lib/ceph-cluster.ts';
import { commandOf, parents } from './lib/cpu.ts';
import { figure, machine, median, printTable } from './lib/figures.ts';
import { localHost } from './lib/local-host.ts';

const { findings } = await import('../src/subsystems/index.ts');
const { judge } = await import('../src/findings/judge.ts');
const { cephPane } = await import('../src/panes/ceph/pane.ts');
const { cephAllOsds } = await import('../src/sources/ceph/all-osds.ts');
const { cephCommit } = await import('../src/sources/ceph/commit.ts');
const { cephFleet } = await import('../src/sources/ceph/fleet.ts');
const { cephHealth } = await import('../src/sources/ceph/health.ts');
const { cephOsdmap } = await import('../src/sources/ceph/osdmap.ts');
const { cephOsds } = await import('../src/sources/ceph/osds.ts');
const { cephStatus } = await import('../src/sources/ceph/status.ts');
const { makeTheme } = await import('../src/theme.ts');
const { Timeline } = await import('../src/timeline/timeline.ts');
const { drawPane } = await import('../src/ui/draw-pane.ts');
const { plainPaneView } = await import('../src/ui/pane-view.ts');

const { values: options } = parseArgs({
  options: {
    osds: { type: 'string', default: '100,1000,5000' },
    seconds: { type: 'string', default: '20' },
    rounds: { type: 'string', default: '200' },
  },
});

const theme = makeTheme({ colour: true, ascii: false });
const NONE = undefined;

/** Runs some work and records its CPU ms. */
function timed<Value>(into: number[], work: () => Value): Value {
  const begun = process.cpuUsage();
  const value = work();
  const { user, system } = process.cpuUsage(begun);
  into.push((user + system) / 1000);
  return value;
}

function localSide(osds: number): { readonly parses: string[][]; readonly frame: string[] } {
  const timeline = new Timeline();
  const cluster = syntheticCluster(osds);
  const parses = new Map<string, number[]>();
  const frame = { model: [] as number[], draw: [] as number[], key: [] as number[], rules: [] as number[] };
  const rules = findings.filter(({ id }) => id.startsWith('ceph-'));
  const rounds = Number(options.rounds);
  for (let round = 1; round <= rounds; round++) {
    const at = round * 2;
    const parse = <Sample>(
      source: { readonly id: string; readonly weightKiB?: ((sample: Sample) => number) | undefined },
      work: () => Sample,
    ): void => {
      const spent = parses.get(source.id) ?? [];
      parses.set(source.id, spent);
      const sample = timed(spent, work);
      const weightKiB = source.weightKiB?.(sample);
      timeline.append(source.id, { sample, at, wallMs: at * 1000, missing: {}, tookMs: 5, weightKiB });
    };
    const sockets = cluster.sockets(round);
    const ofOsds = cluster.ofOsds(round);
    parse(cephStatus, () => cephStatus.parse({ status: cluster.status }));
    parse(cephOsds, () => cephOsds.parse({ packages: sockets, cephadm: NONE, microceph: NONE, rook: NONE }));
    if (round % 3 === 1) parse(cephAllOsds, () => cephAllOsds.parse({ osds: ofOsds }));
    if (round % 2 === 1)
      parse(cephCommit, () => cephCommit.parse({ perf: cluster.osdPerf, blockedBy: cluster.blockedBy }));
    if (round % 3 === 1) parse(cephHealth, () => cephHealth.parse({ health: cluster.health }));
    if (round % 8 === 1) parse(cephOsdmap, () => cephOsdmap.parse({ dump: cluster.osdDump, df: cluster.osdDf }));
    if (round % 60 === 1)
      parse(cephFleet, () =>
        cephFleet.parse({ metadata: cluster.metadata, versions: cluster.versions, crashes: cluster.crashes }),
      );
    if (round < rounds - 12) continue;
    const needs = cephPane.needs;
    const model = timed(frame.model, () => cephPane.model(timeline.moment(needs, at * 1000)));
    const size = { columns: 200, rows: 60 };
    timed(frame.draw, () => drawPane(cephPane, model, plainPaneView, size, theme));
    // A key moves the selection, which draws the same model again.
    timed(frame.key, () => drawPane(cephPane, model, plainPaneView, size, theme));
    timed(frame.rules, () => judge(rules, (wanted) => timeline.latestMoment(wanted, at * 1000)));
  }
  return {
    parses: [...parses].map(([id, spent]) => [`${osds}`, id, figure(median(spent)), figure(Math.max(...spent))]),
    frame: [
      `${osds}`,
      ...[frame.model, frame.draw, frame.key, frame.rules].flatMap((spent) => [
        figure(median(spent)),
        figure(Math.max(...spent)),
      ]),
    ],
  };
}

console.log(`${machine()}\n\nsynthetic clusters, 24 OSDs on the host, 128 polled through librados; local CPU ms\n`);
const sides = options.osds.split(',').map((word) => localSide(Number(word)));
printTable(
  ['OSDs', 'reply', 'parse: median', 'max'],
  sides.flatMap(({ parses }) => parses),
);
console.log();
printTable(
  ['OSDs', 'model', 'max', 'first draw', 'max', 'redraw', 'max', 'rules', 'max'],
  sides.map(({ frame }) => frame),
);

const CONF = '/etc/ceph/ceph.conf';
if (existsSync(CONF)) await hostSide();
else console.log(`\nno ${CONF} here: nothing to measure on the host`);

async function hostSide(): Promise<void> {
  const seconds = Number(options.seconds);
  const host = await localHost();
  const { lane, talks } = host;
  const daemons = (pattern: RegExp) => () => [...parents().keys()].filter((one) => pattern.test(commandOf(one)));
  const osds = daemons(/^(?:\S*\/)?ceph-osd /);
  const heads = daemons(/^(?:\S*\/)?ceph-(?:mon|mgr) /);
  // Sources of the cluster; processes and disks are read with or without one.
  const sources = Object.values<AnySource>(cephPane.needs).filter(({ id }) => id.startsWith('ceph-'));
  let answers = 0;
  /** Requests of the pane at a second, each source at its period. */
  async function paneRequests(second: number): Promise<void> {
    const due = sources.filter(({ everySeconds }) => second % Number(everySeconds) === 0);
    const reads = due.flatMap(({ reads: all }) => Object.values<Read>(all));
    await Promise.all(
      reads.map(async (read) => {
        if (read.kind === 'talk') answers += (await talks.request(lane, read)).ok ? 1 : 0;
        if (read.kind === 'talks') {
          const reading = await talks.requestAll(lane, read);
          if (reading.ok) answers += [...reading.value.values()].filter(({ ok }) => ok).length;
        }
      }),
    );
  }
  /** One refresh of the pane: the sources with a period of 2 s. */
  const refresh = async (): Promise<void> => {
    for (const source of [cephStatus, cephOsds])
      for (const read of Object.values(source.reads))
        answers += (
          read.kind === 'talk' ? (await talks.request(lane, read)).ok : (await talks.requestAll(lane, read)).ok
        )
          ? 1
          : 0;
  };
  const run = promisify(execFile);
  const ceph = async (...argv: string[]): Promise<void> => {
    await run('ceph', argv);
    answers++;
  };
  const subjects: readonly (readonly [string, (second: number) => Promise<void>])[] = [
    ['no requests', () => Promise.resolve()],
    ['crashcart: status and OSDs, each second', refresh],
    ['crashcart: all of the pane, each at its period', paneRequests],
    ['ceph -s', () => ceph('-s')],
    ['ceph osd tree', () => ceph('osd', 'tree')],
    ['ceph osd df', () => ceph('osd', 'df')],
    ['all three', async () => void (await Promise.all([ceph('-s'), ceph('osd', 'tree'), ceph('osd', 'df')]))],
  ];
  const rows: string[][] = [];
  for (const [name, ask] of subjects) {
    // The session starts before the measurement.
    await ask(0);
    answers = 0;
    const { passedSeconds, clientMs, daemonsMs } = await host.rounds(seconds, ask, osds, heads);
    rows.push([
      name,
      figure(seconds / passedSeconds),
      figure(answers / seconds),
      figure(clientMs / seconds),
      ...daemonsMs.map((ms) => figure(ms / passedSeconds)),
    ]);
  }
  console.log(`\nthe cluster of this host, ${seconds} rounds each, one a second; CPU ms\n`);
  printTable(['', 'rounds/s', 'replies/round', 'client/round', 'OSDs/s', 'mon+mgr/s'], rows);
  await host.close();
}
