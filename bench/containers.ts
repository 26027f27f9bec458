/**
 * Local cost of a host of many containers per second: parsing, joining containers, the rules, and drawing the pane at
 * 200x60. The host is synthetic.
 * `node bench/containers.ts [--containers 1000] [--processes 5] [--rounds 40]`
 */
import './lib/raw-text.ts';
import { parseArgs } from 'node:util';
import type { CgroupTexts, ProcessTexts } from '../src/host/host.ts';
import { figure, machine, median, percentile, printTable } from './lib/figures.ts';

const { findings } = await import('../src/subsystems/index.ts');
const { judge } = await import('../src/findings/judge.ts');
const { containersPane } = await import('../src/panes/containers/pane.ts');
const { processesPane } = await import('../src/panes/processes/pane.ts');
const { cgroups } = await import('../src/sources/containers/cgroups.ts');
const { cpuStat } = await import('../src/sources/machine/cpu-stat.ts');
const { dockerEvents } = await import('../src/sources/containers/docker-events.ts');
const { docker } = await import('../src/sources/containers/docker.ts');
const { processes } = await import('../src/sources/processes/processes.ts');
const { makeTheme } = await import('../src/theme.ts');
const { Timeline } = await import('../src/timeline/timeline.ts');
const { drawPane } = await import('../src/ui/draw-pane.ts');
const { plainPaneView } = await import('../src/ui/pane-view.ts');
const { values: options } = parseArgs({
  options: {
    containers: { type: 'string', default: '1000' },
    processes: { type: 'string', default: '5' },
    rounds: { type: 'string', default: '40' },
  },
});
const total = Number(options.containers);
const each = Number(options.processes);
const ids = Array.from({ length: total }, (_, i) => i.toString(16).padStart(64, '0'));

/** Cgroup files of a container; two in three are busy, a tenth is throttled. */
function groupTexts(id: string, i: number, second: number): CgroupTexts {
  const busy = i % 3 === 0 ? 0 : second;
  return {
    path: `/docker/${id}`,
    use: {
      'cpu.stat': `usage_usec ${busy * 20_000}\nuser_usec 1\nsystem_usec 1\nnr_periods ${busy * 10}\nnr_throttled ${i % 10 === 1 ? busy * 8 : 0}\nthrottled_usec 0\n`,
      'memory.current': String(50_000_000 + busy),
    },
    rest,
    firstPid: i * each + 2,
  };
}
const rest = {
  'cpu.max': '20000 100000',
  'memory.max': '104857600',
  'memory.stat': 'anon 40000000\nfile 1000000\ninactive_file 500000\n',
  'memory.events': 'low 0\nhigh 0\nmax 0\noom 0\noom_kill 0\n',
  'pids.current': '5',
  'pids.max': '100',
  'io.stat': '254:0 rbytes=1 wbytes=2 rios=3 wios=4 dbytes=0 dios=0\n',
  'cgroup.events': 'populated 1\nfrozen 0\n',
};

function processTexts(i: number, second: number): ProcessTexts {
  const id = ids[Math.floor(i / each)] ?? '';
  const ticks = i % 3 === 0 ? 0 : second * 2;
  return {
    pid: i + 2,
    stat: `${i + 2} (worker) S 1 1 1 0 -1 0 1 0 0 0 ${ticks} 0 0 0 20 0 1 0 5000 1000 300 0\n`,
    cmdline: `worker\0--number\0${i}`,
    cgroup: `0::/docker/${id}\n`,
    status: `Uid:\t0\t0\t0\t0\nNSpid:\t${i + 2}\t${(i % each) + 1}\n`,
  };
}

const timeline = new Timeline();
const append = (id: string, sample: unknown, second: number) =>
  timeline.append(id, { sample, at: second, wallMs: second * 1000, missing: {}, tookMs: 1 });
const list = JSON.stringify(
  ids.map((Id, i) => ({
    Id,
    Names: [`/web-${i}`],
    Image: 'web:1',
    State: 'running',
    Status: 'Up 2 hours',
    Labels: {},
  })),
);
const spent = new Map<string, number[]>();
function timed<Value>(what: string, run: () => Value): Value {
  const began = process.cpuUsage();
  const value = run();
  const { user, system } = process.cpuUsage(began);
  const all = spent.get(what) ?? [];
  all.push((user + system) / 1000);
  spent.set(what, all);
  return value;
}

const theme = makeTheme({ colour: true, ascii: false });
const before = { groups: new Map<string, CgroupTexts>(), table: new Map<number, ProcessTexts>() };
for (let second = 1; second <= Number(options.rounds); second++) {
  // Unchanged rows keep their identity, like those of the collector.
  const groups = new Map(before.groups);
  for (const [i, id] of ids.entries())
    if (i % 3 !== 0 || second === 1) groups.set(`/docker/${id}`, groupTexts(id, i, second));
  const table = new Map(before.table);
  for (let i = 0; i < total * each; i++) if (i % 3 !== 0 || second === 1) table.set(i + 2, processTexts(i, second));
  Object.assign(before, { groups, table });
  timed('parse cgroups', () => append('cgroups', cgroups.parse({ table: { layout: 'v2', groups, left: 0 } }), second));
  timed('parse processes', () => append('processes', processes.parse({ table }), second));
  append(
    'cpu-stat',
    cpuStat.parse({ text: `cpu ${second * 10} 0 0 ${second * 90} 0 0 0 0 0 0\nbtime 1000\n` }),
    second,
  );
  if (second % 30 === 1)
    timed('parse the list (every 30 s)', () => append('docker', docker.parse({ containers: list }), second));
  if (second % 2 === 1)
    append('docker-events', dockerEvents.parse({ events: '{"listening":true,"lost":0,"events":[]}' }), second);
  const nowMs = second * 1000;
  const model = timed('model of Containers', () => containersPane.model(timeline.moment(containersPane.needs, nowMs)));
  timed('draw Containers', () => drawPane(containersPane, model, plainPaneView, { columns: 200, rows: 60 }, theme));
  timed('model of Processes', () => processesPane.model(timeline.moment(processesPane.needs, nowMs)));
  timed('all rules', () => judge(findings, (needs) => timeline.latestMoment(needs, nowMs)));
}

/** Values without the first two rounds, in which V8 still compiles. */
const warm = (all: readonly number[]): readonly number[] => (all.length > 4 ? all.slice(2) : all);

console.log(`${machine()}; ${total} containers, ${total * each} processes\n`);
printTable(
  ['each second', 'median CPU ms', 'p95'],
  [...spent].map(([what, all]) => [what, figure(median(warm(all))), figure(percentile(warm(all), 0.95))]),
);
