/**
 * Cost of watching Open vSwitch. On the host, with the lab's switch or any other: CPU of ovs-vswitchd and of the client,
 * beside `ovs-appctl dpctl/dump-flows -m` each second. Locally, for synthetic switches of up to 200 000 flows: parsing a
 * dump, the model, drawing at 200x60, and the same with the flow cap.
 * `node bench/ovs.ts [--flows 4096,50000,200000] [--seconds 15]` (as root, for the host's part)
 */
import './lib/raw-text.ts';
import { execFile, spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { parseArgs, promisify } from 'node:util';
import { missing, type DaemonReply } from '../src/host/host.ts';
import { localHost } from './lib/local-host.ts';
import { figure, machine, median, printTable } from './lib/figures.ts';

const { findings } = await import('../src/subsystems/index.ts');
const { judge } = await import('../src/findings/judge.ts');
const { FallbackCommands } = await import('../src/host/protocols/cli-fallback.ts');
const { unixctl } = await import('../src/host/protocols/ovs/unixctl.ts');
const { ovsPane } = await import('../src/panes/ovs/pane.ts');
const { ovsDatapath } = await import('../src/sources/ovs/datapath.ts');
const { FLOW_CAP, ovsFlows } = await import('../src/sources/ovs/flows.ts');
const { ovsSwitch } = await import('../src/sources/ovs/switch.ts');
const { makeTheme } = await import('../src/theme.ts');
const { Timeline } = await import('../src/timeline/timeline.ts');
const { drawPane } = await import('../src/ui/draw-pane.ts');
const { plainPaneView } = await import('../src/ui/pane-view.ts');

const { values: options } = parseArgs({
  options: {
    flows: { type: 'string', default: '4096,50000,200000' },
    seconds: { type: 'string', default: '15' },
  },
});
const seconds = Number(options.seconds);

const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, '0');

/** Line of `dpctl/dump-flows -m` of the userspace datapath, with all its fields. */
const flowLine = (i: number, second: number): string =>
  `ufid:${hex(i, 8)}-1111-2222-3333-444444444444, skb_priority(0/0),skb_mark(0/0),ct_state(0/0),ct_zone(0/0),ct_mark(0/0),` +
  `ct_label(0/0),recirc_id(0),dp_hash(0/0),in_port(tap${i % 200}),packet_type(ns=0,id=0),` +
  `eth(src=02:00:00:00:${hex(i & 255, 2)}:01/00:00:00:00:00:00,dst=02:00:00:00:00:02/00:00:00:00:00:00),eth_type(0x0800),` +
  `ipv4(src=10.${(i >> 16) & 255}.${(i >> 8) & 255}.${i & 255},dst=10.55.10.${i % 9}/255.255.255.255,proto=17,tos=0/0,ttl=64/0,frag=no),` +
  `udp(src=${1024 + (i % 60_000)},dst=${9000 + (i % 7)}), packets:${second * (1 + (i % 50))}, bytes:${second * 60 * (1 + (i % 50))}, ` +
  `used:0.${i % 10}0s, dp:ovs, actions:tap${(i + 1) % 200}, dp-extra-info:miniflow_bits(5,2)\n`;

const NO_REQUESTS = 'no requests';
const SOCKET = '/var/run/openvswitch/ovs-vswitchd.1.ctl';
const replyOf = (text: string): ReadonlyMap<string, DaemonReply> => new Map([[SOCKET, { ok: true, text, tookMs: 1 }]]);

interface SyntheticSwitch {
  readonly name: string;
  readonly flows: number;
  readonly dump: (second: number) => string;
}
const switches: readonly SyntheticSwitch[] = [
  ...options.flows.split(',').map((word): SyntheticSwitch => {
    const flows = Number(word);
    return {
      name: `${flows} flows, ${flows > FLOW_CAP ? 'without the cap' : 'read'}`,
      flows,
      dump: (second) => `== netdev@x\n${Array.from({ length: flows }, (_, i) => flowLine(i, second)).join('')}`,
    };
  }),
  {
    name: '200000 flows, with the cap',
    flows: 200_000,
    dump: () => `== netdev@x not read: 200000 flows, cap ${FLOW_CAP}\n`,
  },
];

function localSide({ name, flows, dump }: SyntheticSwitch): string[] {
  const timeline = new Timeline();
  const theme = makeTheme({ colour: true, ascii: false });
  const spent = { parse: [] as number[], model: [] as number[], draw: [] as number[], rules: [] as number[] };
  const timed = <Value>(into: number[], work: () => Value): Value => {
    const begun = process.cpuUsage();
    const value = work();
    const { user, system } = process.cpuUsage(begun);
    into.push((user + system) / 1000);
    return value;
  };
  const rules = findings.filter(({ id }) => id.startsWith('ovs-'));
  for (let turn = 1; turn <= 8; turn++) {
    const [second, text] = [turn * Number(ovsFlows.everySeconds), dump(turn)];
    const add = (id: string, sample: unknown): void =>
      timeline.append(id, { sample, at: second, wallMs: second * 1000, missing: {}, tookMs: 5 });
    add(
      'ovs-flows',
      timed(spent.parse, () => ovsFlows.parse({ flows: replyOf(text), snapFlows: undefined })),
    );
    add(
      'ovs-datapath',
      ovsDatapath.parse({
        upcalls: replyOf(
          `netdev@x:\n  flows : (current ${flows}) (avg 1) (max ${flows}) (limit 250000)\n  dump duration : 90ms\n`,
        ),
        show: replyOf(`netdev@x:\n  lookups: hit:${turn * 100_000} missed:${turn} lost:0\n  flows: ${flows}\n`),
        coverage: replyOf(''),
        snapUpcalls: undefined,
        snapShow: undefined,
        snapCoverage: undefined,
      }),
    );
    const model = timed(spent.model, () => ovsPane.model(timeline.moment(ovsPane.needs, second * 1000)));
    timed(spent.draw, () => drawPane(ovsPane, model, plainPaneView, { columns: 200, rows: 60 }, theme));
    timed(spent.rules, () => judge(rules, (needs) => timeline.latestMoment(needs, second * 1000)));
  }
  const [first = 0, ...later] = spent.parse;
  return [name, ...[first, median(later), median(spent.model), median(spent.draw), median(spent.rules)].map(figure)];
}

console.log(`${machine()}\n\nsynthetic switches, a dump every ${ovsFlows.everySeconds} s; local CPU ms\n`);
printTable(['', 'first dump', 'later dumps', 'model', 'draw', 'ovs rules'], switches.map(localSide));

const RUN = '/var/run/openvswitch';
const [, switchPid] =
  /^ovs-vswitchd\.(\d+)\.ctl$/.exec(
    (existsSync(RUN) ? readdirSync(RUN) : []).find((name) => name.startsWith('ovs-vswitchd.')) ?? '',
  ) ?? [];
if (switchPid === undefined) console.log('\nno ovs-vswitchd here: nothing to measure on the host');
else await hostSide(Number(switchPid));

async function hostSide(daemon: number): Promise<void> {
  const host = await localHost();
  const { lane, talks } = host;
  const sources = [ovsFlows, ovsDatapath, ovsSwitch];
  let bytes = 0;
  /** Requests of the pane at a second, each source at its period. */
  async function paneRequests(second: number): Promise<void> {
    for (const { everySeconds, reads } of sources)
      if (second % Number(everySeconds) === 0)
        for (const read of Object.values(reads))
          if (read.kind === 'talks' && read.pattern.startsWith(RUN)) {
            const reading = await talks.requestAll(lane, read);
            if (!reading.ok) throw new Error(reading.detail);
            for (const reply of reading.value.values()) bytes += reply.ok ? reply.text.length : 0;
          }
  }
  /** The same data by fallback commands, the way of hosts without python3. */
  const standIns = new FallbackCommands(lane, () => undefined);
  const readAt = new Map<string, number>();
  async function fallbackRequests(second: number): Promise<void> {
    for (const { everySeconds, reads } of sources)
      if (second % Number(everySeconds) === 0)
        for (const read of Object.values(reads))
          if (read.kind === 'talks' && read.pattern.startsWith(RUN)) {
            const fallback = unixctl.fallback?.(`${RUN}/ovs-vswitchd.${daemon}.ctl`, read.request);
            if (!fallback) throw new Error(`${read.request}: no fallback command`);
            const reading = await standIns.request(read.request, fallback, 5000, missing('denied', 'no python3'));
            if (!reading.ok) throw new Error(reading.detail);
            // A cached output counts once.
            if (readAt.get(read.request) !== reading.at) bytes += reading.value.length;
            readAt.set(read.request, reading.at);
          }
  }
  const dump = promisify(execFile);
  const appctl = async (...argv: string[]): Promise<void> => {
    bytes += (await dump('ovs-appctl', ['-T', '10', '-t', 'ovs-vswitchd', ...argv], { maxBuffer: 2 ** 30 })).stdout
      .length;
  };
  const subjects: readonly (readonly [string, (second: number) => Promise<void>])[] = [
    [NO_REQUESTS, () => Promise.resolve()],
    ['crashcart, all of the pane', paneRequests],
    ['crashcart, fallback commands', fallbackRequests],
    ['ovs-appctl upcall/show', () => appctl('upcall/show')],
    ['ovs-appctl dpctl/dump-flows -m', () => appctl('dpctl/dump-flows', '-m')],
  ];
  const rows: string[][] = [];
  let idle = 0;
  for (const [name, ask] of subjects) {
    await ask(0);
    bytes = 0;
    const { passedSeconds: passed, clientMs, daemonsMs } = await host.rounds(seconds, ask, () => [daemon]);
    const [client, used] = [clientMs / passed, (daemonsMs[0] ?? 0) / passed];
    if (name === NO_REQUESTS) idle = used;
    rows.push([name, figure(client), figure(used), figure(used - idle), figure(bytes / passed / 1000)]);
  }
  const flows = /flows: *(\d+)/.exec(spawnSync('ovs-appctl', ['-T', '10', 'dpctl/show'], { encoding: 'utf8' }).stdout);
  console.log(`\nthe switch of this host, ${flows?.[1] ?? 'unknown'} flows, ${seconds} s each; CPU ms a second\n`);
  printTable(['', 'client', 'ovs-vswitchd', 'above no requests', 'kB/s'], rows);
  // ovs-dpctl-top reads the kernel datapath only.
  const top = spawnSync('ovs-dpctl-top', ['--script'], { encoding: 'utf8', timeout: 10_000 });
  console.log(`\novs-dpctl-top: ${top.error?.message ?? `${/Total: *(\d+)/.exec(top.stdout)?.[1] ?? 'no'} flows`}`);
  await host.close();
}
