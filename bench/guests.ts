/**
 * Cost of a host of many guests. Locally, for a synthetic host: joining guests, rates, rules, and drawing the pane at
 * 200x60. On the host, for its real guests: CPU of the collector and of libvirtd, beside `virsh domstats`.
 * `node bench/guests.ts [--guests 300] [--seconds 20]` (as root with libvirtd running, for the host's part)
 */
import './lib/raw-text.ts';
import { execFileSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { CgroupTable, ProcessTexts, ThreadTable, ThreadTexts } from '../src/host/host.ts';
import { cpuMs, treeOf } from './lib/cpu.ts';
import { figure, machine, median, printTable } from './lib/figures.ts';

const { guestNeeds } = await import('../src/entities/kvm/guests.ts');
const { findings } = await import('../src/subsystems/index.ts');
const { judge } = await import('../src/findings/judge.ts');
const { libvirt } = await import('../src/host/protocols/kvm/libvirt.ts');
const { localTransport } = await import('../src/host/local-transport.ts');
const { openUserLane } = await import('../src/host/open-lane.ts');
const { DaemonClients } = await import('../src/host/daemon-clients.ts');
const { kvmPane } = await import('../src/panes/kvm/pane.ts');
const { makeTheme } = await import('../src/theme.ts');
const { Timeline } = await import('../src/timeline/timeline.ts');
const { drawPane } = await import('../src/ui/draw-pane.ts');
const { plainPaneView } = await import('../src/ui/pane-view.ts');

const { values: options } = parseArgs({
  options: { guests: { type: 'string', default: '300' }, seconds: { type: 'string', default: '20' } },
});
const guests = Number(options.guests);
const VCPUS = 4;
const OTHERS = 8;
const CPUS = 64;

const uuidOf = (guest: number): string => `00000000-0000-4000-8000-${String(guest).padStart(12, '0')}`;
const nameOf = (guest: number): string => `instance-${guest.toString(16).padStart(8, '0')}`;
const stat = (pid: number, name: string, ticks: number): string =>
  `${pid} (${name}) S 1 ${pid} ${pid} 0 -1 0 0 0 0 0 ${ticks} 0 0 0 20 0 12 0 1000 0 100000 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 ${pid % CPUS} 0 0 0`;

/** Tables of the synthetic host at a second. */
function syntheticTables(second: number) {
  const processes = new Map<number, ProcessTexts>();
  const threads = new Map<number, { pid: number; threads: Map<number, ThreadTexts> }>();
  const groups = new Map<string, CgroupTable['groups'] extends ReadonlyMap<string, infer Texts> ? Texts : never>();
  for (let guest = 0; guest < guests; guest++) {
    const pid = 10_000 + guest * 20;
    const busy = second * (1 + (guest % 90));
    processes.set(pid, {
      pid,
      stat: stat(pid, 'qemu-system-x86', busy * VCPUS),
      cmdline: [
        '/usr/bin/qemu-system-x86_64',
        '-name',
        `guest=${nameOf(guest)},debug-threads=on`,
        '-m',
        '4096',
        '-smp',
        String(VCPUS),
        '-uuid',
        uuidOf(guest),
        '',
      ].join('\0'),
    });
    const own = new Map<number, ThreadTexts>();
    for (let thread = 0; thread < VCPUS + OTHERS; thread++) {
      const name = thread === 0 ? 'qemu-system-x86' : thread <= VCPUS ? `CPU ${thread - 1}/KVM` : 'worker';
      const tid = pid + thread;
      own.set(tid, {
        tid,
        stat: stat(tid, name, busy),
        schedstat: `${busy * 1e7} ${busy * 3e6} ${busy}`,
        cpusAllowed: `0-${CPUS - 1}`,
      });
    }
    threads.set(pid, { pid, threads: own });
    for (const part of ['', ...Array.from({ length: VCPUS }, (_, vcpu) => `/libvirt/vcpu${vcpu}`)]) {
      const path = `/machine.slice/machine-qemu\\x2d${guest + 1}\\x2d${nameOf(guest).replaceAll('-', '\\x2d')}.scope${part}`;
      groups.set(path, {
        path,
        use: {
          'cpu.stat': `usage_usec ${busy * 1e4}\nnr_periods ${second}\nthrottled_usec ${busy * 100}\n`,
          'memory.current': '4294967296',
        },
        rest: { 'memory.numa_stat': 'anon N0=4000000000 N1=294967296\n', 'memory.swap.current': '0' },
      });
    }
  }
  return { processes, threads, groups };
}

function monitorReply(second: number): string {
  return JSON.stringify({
    atMs: second * 1000,
    notAsked: 0,
    domains: Array.from({ length: guests }, (_, guest) => ({
      name: nameOf(guest),
      uuid: uuidOf(guest),
      id: guest + 1,
      atMs: second * 1000,
      stats: {
        'balloon.current': 4_194_304,
        'balloon.maximum': 4_194_304,
        'balloon.usable': 1_000_000,
        'balloon.available': 4_000_000,
        'block.count': 2,
        ...Object.fromEntries(
          ['0', '1'].flatMap((disk) => [
            [`block.${disk}.name`, `vd${disk === '0' ? 'a' : 'b'}`],
            ...['rd', 'wr', 'fl'].flatMap((op) => [
              [`block.${disk}.${op}.reqs`, second * 100],
              [`block.${disk}.${op}.bytes`, second * 1e6],
              [`block.${disk}.${op}.times`, second * 100 * 3e6],
            ]),
          ]),
        ),
        ...Object.fromEntries(Array.from({ length: VCPUS }, (_, vcpu) => [`vcpu.${vcpu}.exits.sum`, second * 5000])),
      },
    })),
  });
}

const domains = JSON.stringify({
  domains: Array.from({ length: guests }, (_, guest) => ({
    name: nameOf(guest),
    uuid: uuidOf(guest),
    id: guest + 1,
    state: 1,
    reason: 1,
  })),
});
const xml = JSON.stringify({
  domains: Array.from({ length: guests }, (_, guest) => ({
    uuid: uuidOf(guest),
    id: guest + 1,
    xml: `<domain type='kvm'><name>${nameOf(guest)}</name><memory unit='KiB'>4194304</memory><vcpu>${VCPUS}</vcpu><devices>${['vda', 'vdb'].map((disk) => `<disk type='network'><source protocol='rbd' name='vms/${guest}'/><target dev='${disk}' bus='virtio'/></disk>`).join('')}<interface type='bridge'><target dev='tap${guest}'/></interface></devices></domain>`,
  })),
});
const netdev = (second: number): string =>
  Array.from(
    { length: guests },
    (_, guest) =>
      `tap${guest}: ${second * 1e6} ${second * 900} 0 0 0 0 0 0 ${second * 1e6} ${second * 900} 0 0 0 0 0 0`,
  ).join('\n');

const spent = { parse: [] as number[], model: [] as number[], draw: [] as number[], rules: [] as number[] };
const timed = <Value>(into: number[], work: () => Value): Value => {
  const begun = process.cpuUsage();
  const value = work();
  const used = process.cpuUsage(begun);
  into.push((used.user + used.system) / 1000);
  return value;
};

const timeline = new Timeline();
const theme = makeTheme({ colour: true, ascii: false });
const rules = findings.filter(
  ({ id }) => id.startsWith('guest-') || id === 'libvirt-unresponsive' || id === 'vcpu-overcommit',
);
let rows = 0;
for (let second = 1; second <= 40; second++) {
  const { processes, threads, groups } = syntheticTables(second);
  const [monitor, wallMs] = [monitorReply(second), second * 1000];
  const add = (id: string, sample: unknown): void =>
    timeline.append(id, { sample, at: second, wallMs, missing: {}, tookMs: 5 });
  timed(spent.parse, () => {
    add('processes', guestNeeds.processes.parse({ table: processes }));
    add('qemu-threads', guestNeeds.qemuThreads.parse({ table: { processes: threads, left: 0 } satisfies ThreadTable }));
    add('cgroups', guestNeeds.cgroups.parse({ table: { layout: 'v2', groups, left: 0 } }));
    add('netdev', guestNeeds.netdev.parse({ netdev: netdev(second) }));
    if (second % 5 !== 1) return;
    add('libvirt-domains', guestNeeds.libvirtDomains.parse({ daemon: domains, modular: undefined }));
    add('libvirt-monitor', guestNeeds.libvirtMonitor.parse({ daemon: monitor, modular: undefined }));
    add('libvirt-xml', guestNeeds.libvirtXml.parse({ daemon: xml, modular: undefined }));
  });
  const model = timed(spent.model, () => kvmPane.model(timeline.moment(kvmPane.needs, wallMs)));
  rows = model.rows.length;
  timed(spent.draw, () => drawPane(kvmPane, model, plainPaneView, { columns: 200, rows: 60 }, theme));
  timed(spent.rules, () => judge(rules, (needs) => timeline.latestMoment(needs, wallMs)));
}
console.log(
  `${machine()}\n\nsynthetic host: ${rows} guests of ${VCPUS} vCPUs, ${guests * (VCPUS + OTHERS)} threads, 200x60; CPU ms a second, median of 40\n`,
);
printTable(
  ['parse', 'join and rate', 'draw', `${rules.length} rules`],
  [Object.values(spent).map((values) => figure(median(values)))],
);

const daemonPid = ((): number | undefined => {
  try {
    return Number(execFileSync('pidof', ['-s', 'libvirtd', 'virtqemud'], { encoding: 'utf8' }));
  } catch {
    return undefined;
  }
})();
if (daemonPid === undefined) console.log('\nno libvirtd here: nothing to measure on the host');
else {
  const transport = localTransport();
  const { lane } = await openUserLane(transport);
  const { pid } = lane;
  if (pid === undefined) throw new Error('the Python collector did not start');
  const talks = new DaemonClients(
    () => undefined,
    () => libvirt,
  );
  const seconds = Number(options.seconds);
  const measured: string[][] = [];
  const measure = async (what: string, work: () => Promise<number> | number): Promise<void> => {
    await work();
    const before = { host: cpuMs(treeOf(pid)), daemon: cpuMs([daemonPid]), own: cpuMs([process.pid]) };
    const times: number[] = [];
    let bytes = 0;
    for (let turn = 0; turn < seconds; turn++) {
      const begun = performance.now();
      bytes += await work();
      times.push(performance.now() - begun);
      await sleep(200);
    }
    // CPU of virsh is in this process's counters of ended children.
    const client = what.startsWith('virsh') ? cpuMs([process.pid]) - before.own : cpuMs(treeOf(pid)) - before.host;
    measured.push([
      what,
      figure(client / seconds),
      figure((cpuMs([daemonPid]) - before.daemon) / seconds),
      figure(median(times)),
      figure(bytes / seconds),
    ]);
  };
  for (const request of ['domains', 'monitor', 'xml'])
    await measure(`crashcart ${request}`, async () => {
      const reading = await talks.request(lane, {
        kind: 'talk',
        dialect: 'libvirt',
        to: '/run/libvirt/libvirt-sock-ro',
        request,
      });
      if (!reading.ok) throw new Error(reading.detail);
      return reading.value.length;
    });
  for (const argv of [
    ['list', '--all'],
    ['domstats', '--raw'],
  ])
    await measure(
      `virsh -r ${argv.join(' ')}`,
      () => execFileSync('virsh', ['-r', '-q', '-c', 'qemu:///system', ...argv]).length,
    );
  console.log('\nreal host, per request:\n');
  printTable(['what', 'client CPU ms', 'libvirtd CPU ms', 'wall ms p50', 'bytes'], measured);
  lane.close();
  await transport.close();
}
