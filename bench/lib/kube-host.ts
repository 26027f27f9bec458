import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DaemonRead } from '../../src/host/host.ts';
import type { AnySource } from '../../src/sources/source.ts';
import './raw-text.ts';
import { commandOf, cpuMs, parents, treeOf, writtenBytes } from './cpu.ts';
import { figure, printTable } from './figures.ts';

const { readPolicy } = await import('../../src/subsystems/index.ts');
const { openUserLane } = await import('../../src/host/open-lane.ts');
const { localTransport } = await import('../../src/host/local-transport.ts');
const { DaemonClients } = await import('../../src/host/daemon-clients.ts');
const { kubernetesPane } = await import('../../src/panes/kubernetes/pane.ts');
const { kubeCluster } = await import('../../src/sources/kubernetes/cluster.ts');

/** Program that watches pods: its CPU and its bytes on the connection since its start. */
interface Watcher {
  readonly cpuMs: () => number;
  readonly bytes: () => number;
  /** Wall time until it had all pods; undefined if unknown. */
  readonly firstMs: number | undefined;
  readonly end: () => Promise<void>;
}

const onPath = (name: string): boolean =>
  (process.env['PATH'] ?? '').split(delimiter).some((folder) => existsSync(join(folder, name)));

/** crashcart's requests to the cluster, each at its period; `all`: with the page of the whole cluster open. */
async function crashcart(all: boolean): Promise<Watcher> {
  const transport = localTransport();
  const { lane } = await openUserLane(transport);
  const { pid } = lane;
  if (pid === undefined) throw new Error('the Python collector did not start');
  const talks = new DaemonClients(() => undefined, readPolicy.protocolOf);
  const sources = Object.values<AnySource>(kubernetesPane.needs).flatMap(({ everySeconds, reads }) =>
    Object.values(reads).flatMap((read) =>
      (read as DaemonRead).dialect === 'kubernetes'
        ? [{ everySeconds: Number(everySeconds), read: read as DaemonRead }]
        : [],
    ),
  );
  const whole = Object.values(kubeCluster.reads({}));
  const began = performance.now();
  let firstMs: number | undefined;
  if (all) {
    // Replies hold a part of the list until it is complete.
    for (let text = ''; !text.includes('"state":"live"'); await sleep(20)) {
      const reading = await talks.request(lane, whole[0] as DaemonRead);
      text = reading.ok ? reading.value.slice(0, 300) : '';
    }
    firstMs = performance.now() - began;
  }
  const over = new AbortController();
  const polling = (async () => {
    for (let second = 0; !over.signal.aborted; second++) {
      const due = sources.filter(({ everySeconds }) => second % everySeconds === 0).map(({ read }) => read);
      const page = all && second % 2 === 0 ? (whole as DaemonRead[]) : [];
      await Promise.all([...due, ...page].map((read) => talks.request(lane, read)));
      await sleep(Math.max(0, began + (second + 1) * 1000 - performance.now()));
    }
  })();
  return {
    cpuMs: () => cpuMs(treeOf(pid)),
    bytes: () => writtenBytes(pid),
    firstMs,
    end: async () => {
      over.abort();
      await polling;
      talks.drop(lane);
      lane.close();
      await transport.close();
    },
  };
}

/** Watcher of a command, which counts its output; `screen`: in a terminal of 200x60. */
async function program(line: string, screen: boolean): Promise<Watcher> {
  const began = performance.now();
  const child: ChildProcess = screen
    ? spawn('script', ['-qec', `stty cols 200 rows 60; exec ${line}`, '/dev/null'], {
        stdio: ['pipe', 'pipe', 'inherit'],
      })
    : spawn('sh', ['-c', `exec ${line}`], { stdio: ['ignore', 'pipe', 'inherit'] });
  const output = { bytes: 0, lastMs: began };
  child.stdout?.on('data', (chunk: Buffer) => {
    output.bytes += chunk.length;
    output.lastMs = performance.now();
  });
  const pid = child.pid ?? -1;
  // The first list is complete after a second without output.
  const listed = () => output.bytes > 0 && (screen || performance.now() - output.lastMs > 1000);
  while (!listed()) {
    if (child.exitCode !== null) throw new Error(`${line} ended with ${child.exitCode}`);
    await sleep(20);
  }
  const firstMs = output.lastMs - began;
  return {
    cpuMs: () => cpuMs(treeOf(pid)),
    bytes: () => output.bytes,
    firstMs: screen ? undefined : firstMs,
    end: async () => {
      const exited = new Promise((resolve) => child.once('exit', resolve));
      // Children first, because `script` ends when its child ends.
      for (const one of treeOf(pid).toReversed()) process.kill(one, 'SIGTERM');
      await exited;
    },
  };
}

/** Prints CPU of each watcher and of the control plane, and bytes, during `seconds` after the first list. */
export async function hostSide(seconds: number, pods: string): Promise<void> {
  const subjects: readonly (readonly [string, () => Promise<Watcher | undefined>])[] = [
    ['none', () => Promise.resolve(undefined)],
    ['crashcart, its pane (this node)', () => crashcart(false)],
    ['crashcart, with the whole cluster open', () => crashcart(true)],
    ['kubectl get pods -A -w', () => program('kubectl get pods -A -w', false)],
    ['watch -n 2 kubectl get pods -A', () => program('watch -n 2 kubectl get pods -A', true)],
    ...(onPath('k9s') ? ([['k9s -A, its pods', () => program('k9s --readonly -A -c pods', true)]] as const) : []),
  ];
  const plane = () => [...parents().keys()].filter((pid) => /^\S*(?:kube-apiserver|etcd)\s/.test(`${commandOf(pid)} `));
  const rows: string[][] = [];
  for (const [name, begin] of subjects) {
    const watcher = await begin();
    const startMs = watcher?.cpuMs();
    // Until the work of the start is done.
    await sleep(5000);
    const before = { cpu: watcher?.cpuMs() ?? 0, bytes: watcher?.bytes() ?? 0, plane: cpuMs(plane()) };
    const began = performance.now();
    await sleep(seconds * 1000);
    const minutes = (performance.now() - began) / 60_000;
    rows.push([
      name,
      figure(watcher?.firstMs === undefined ? undefined : watcher.firstMs / 1000),
      figure(startMs),
      figure(((watcher?.cpuMs() ?? 0) - before.cpu) / minutes),
      figure((cpuMs(plane()) - before.plane) / minutes),
      figure(((watcher?.bytes() ?? 0) - before.bytes) / minutes / 1000),
    ]);
    await watcher?.end();
    console.error(`${name}: measured`);
  }
  console.log(`\non this host, ${pods}, ${seconds} s each\n`);
  printTable(
    ['watcher', 'first list, s', 'CPU until then, ms', 'then CPU ms/min', 'API server and etcd, ms/min', 'kB/min'],
    rows,
  );
}
