/**
 * Cost of making incidents: local CPU ms of the dependencies, of the explain step and of the consumers at one moment of a host with
 * 300 guests, 1 000 containers of three processes and a Ceph cluster of 5 000 OSDs.
 * `node bench/incidents.ts [--osds 5000] [--guests 300] [--containers 1000] [--findings 10,100,300] [--rounds 40]`
 */
import './lib/raw-text.ts';
import { parseArgs } from 'node:util';
import type { Judged } from '../src/findings/judge.ts';
import type { ProcessTexts } from '../src/host/host.ts';
import { syntheticCluster } from './lib/ceph-cluster.ts';
import { figure, machine, median, printTable } from './lib/figures.ts';

const { osdRef, processRef } = await import('../src/findings/entity-ref.ts');
const { findingKey } = await import('../src/findings/finding-key.ts');
const { EntityGraph } = await import('../src/incidents/entity-graph.ts');
const { explainer, subsystems } = await import('../src/subsystems/index.ts');
const { cephFleet } = await import('../src/sources/ceph/fleet.ts');
const { cephHealth } = await import('../src/sources/ceph/health.ts');
const { cephOsdmap } = await import('../src/sources/ceph/osdmap.ts');
const { cephOsds } = await import('../src/sources/ceph/osds.ts');
const { processes } = await import('../src/sources/processes/processes.ts');
const { Timeline } = await import('../src/timeline/timeline.ts');

const { values: options } = parseArgs({
  options: {
    osds: { type: 'string', default: '5000' },
    guests: { type: 'string', default: '300' },
    containers: { type: 'string', default: '1000' },
    findings: { type: 'string', default: '10,100,300' },
    rounds: { type: 'string', default: '40' },
  },
});

const timeline = new Timeline();
const NOW_MS = 4000;
const append = (id: string, sample: unknown, at: number) =>
  timeline.append(id, { sample, at, wallMs: at * 1000, missing: {}, tookMs: 5, weightKiB: undefined });

/** A process of a control group that has used `ticks` of CPU time. */
const processOf = (pid: number, command: string, cgroup: string, ticks: number): ProcessTexts => ({
  pid,
  stat: `${pid} (${command}) S 1 ${pid} ${pid} 0 -1 4194560 0 0 0 0 ${ticks} 0 0 0 20 0 1 0 ${pid} 0 25600`,
  status: 'Uid:\t0\t0\t0\t0\n',
  cgroup: `0::${cgroup}\n`,
  cmdline: command,
});

function tableAt(second: number): Map<number, ProcessTexts> {
  const table = new Map<number, ProcessTexts>();
  const add = (command: string, cgroup: string) => {
    const pid = table.size + 100;
    table.set(pid, processOf(pid, command, cgroup, second * (pid % 50)));
  };
  for (let guest = 0; guest < Number(options.guests); guest++)
    add('qemu-system-x86', `/machine.slice/machine-qemu\\x2d${guest}\\x2dguest${guest}.scope`);
  for (let container = 0; container < Number(options.containers); container++)
    for (let i = 0; i < 3; i++) add('app', `/docker/${container.toString(16).padStart(64, '0')}`);
  for (let osd = 0; osd < 24; osd++) add('ceph-osd', `/system.slice/ceph-osd@${osd}.service`);
  return table;
}

const cluster = syntheticCluster(Number(options.osds));
for (const second of [1, 2, 3]) {
  append(processes.id, processes.parse({ table: tableAt(second) }), second);
  const sockets = cluster.sockets(second);
  append(
    cephOsds.id,
    cephOsds.parse({ packages: sockets, cephadm: undefined, microceph: undefined, rook: undefined }),
    second,
  );
  append(cephHealth.id, cephHealth.parse({ health: cluster.health }), second);
  append(cephOsdmap.id, cephOsdmap.parse({ dump: cluster.osdDump, df: cluster.osdDf }), second);
  append(
    cephFleet.id,
    cephFleet.parse({ metadata: cluster.metadata, versions: cluster.versions, crashes: cluster.crashes }),
    second,
  );
}

/** Findings about OSDs and processes, every rule of which has influences. */
function madeFindings(count: number): readonly (Judged & { readonly key: string })[] {
  const rules = ['ceph-osd-slow', 'ceph-osd-unresponsive', 'ceph-pings-slow', 'process-stopped', 'ceph-throttled'];
  return Array.from({ length: count }, (_, i) => {
    const rule = rules[i % rules.length] as string;
    const entity = rule === 'process-stopped' ? processRef({ pid: 100 + i, startTicks: 100 + i }) : osdRef(i);
    const made: Judged = {
      rule,
      severity: i % 3 === 0 ? 'crit' : 'warn',
      entity,
      subject: entity.id,
      sentence: rule,
      evidence: [],
      next: '',
    };
    return { ...made, key: findingKey(made) };
  });
}

const momentOf: Parameters<typeof explainer.rows>[1] = (needs) => timeline.moment(needs, NOW_MS);

function cpuMs(work: () => unknown): number {
  const spent = Array.from({ length: Number(options.rounds) }, () => {
    const begun = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(begun);
    return (user + system) / 1000;
  });
  return median(spent.slice(spent.length / 2));
}

const dependencies = () => subsystems.flatMap(({ dependencies: one }) => one?.of(momentOf(one.needs)) ?? []);
const consumers = () => subsystems.flatMap(({ consumers: one }) => one?.of(momentOf(one.needs)) ?? []);
console.log(
  `${machine()}\n\n${options.guests} guests, ${options.containers} containers, ${options.osds} OSDs: ${dependencies().length} dependencies; local CPU ms\n`,
);
printTable(
  ['step', 'CPU ms'],
  [
    ...subsystems.flatMap(({ id, dependencies: one }) =>
      one ? [[`dependencies of ${id}`, figure(cpuMs(() => one.of(momentOf(one.needs))))]] : [],
    ),
    ['graph', figure(cpuMs(() => new EntityGraph(dependencies())))],
    [`consumers (${consumers().length})`, figure(cpuMs(consumers))],
    ...options.findings.split(',').map((count) => {
      const findings = madeFindings(Number(count));
      return [`all, ${count} findings`, figure(cpuMs(() => explainer.rows(findings, momentOf, NOW_MS)))];
    }),
  ],
);
