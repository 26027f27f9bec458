/**
 * Cost of watching real containers on a host: CPU of the client and of the daemons for crashcart's readings, beside
 * `lxc list`, `docker stats --no-stream` and `docker stats`.
 * `node bench/engines.ts [--docker 50] [--lxd 200] [--seconds 20] [--image lab/busybox:1] [--lxd-image lab]`, as root with
 * both daemons running and idle; the images are those of test/lab. Docker's containers sleep; LXD's are created and not
 * started, which makes no difference for `lxc list`. All are removed at the end.
 */
import './lib/raw-text.ts';
import { execFile, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs, promisify } from 'node:util';
import { cpuMs, treeOf } from './lib/cpu.ts';
import { figure, machine, median, printTable } from './lib/figures.ts';

const { readPolicy } = await import('../src/subsystems/index.ts');
const { localTransport } = await import('../src/host/local-transport.ts');
const { openUserLane } = await import('../src/host/open-lane.ts');
const { DaemonClients } = await import('../src/host/daemon-clients.ts');
const { cgroups } = await import('../src/sources/containers/cgroups.ts');
const { docker } = await import('../src/sources/containers/docker.ts');
const { lxd } = await import('../src/sources/containers/lxd.ts');

const { values: options } = parseArgs({
  options: {
    docker: { type: 'string', default: '50' },
    lxd: { type: 'string', default: '200' },
    seconds: { type: 'string', default: '20' },
    image: { type: 'string', default: 'lab/busybox:1' },
    'lxd-image': { type: 'string', default: 'lab' },
  },
});
const exec = promisify(execFile);
const [dockers, instances, seconds] = [options.docker, options.lxd, options.seconds].map(Number) as [
  number,
  number,
  number,
];
/** Runs a command with empty stdin, because `lxc init` reads a definition from it. */
function run(...given: Parameters<typeof exec>): ReturnType<typeof exec> {
  const running = exec(...given);
  running.child.stdin?.end();
  return running;
}
const quiet = { encoding: 'utf8', maxBuffer: 64 << 20, timeout: 600_000 } as const;
const pidsOf = (...names: string[]): number[] =>
  names.flatMap((name) => {
    try {
      return execFileSync('pidof', [name], quiet).trim().split(' ').map(Number);
    } catch {
      return [];
    }
  });

interface Cost {
  readonly client: number;
  readonly daemon: number;
  readonly wallMs: number;
}
/** Median CPU of client and daemon for some work, over several runs. */
async function costOf(
  times: number,
  client: () => number,
  daemons: readonly number[],
  work: () => Promise<unknown>,
): Promise<Cost> {
  await work();
  const all: Cost[] = [];
  for (let turn = 0; turn < times; turn++) {
    const before = { client: client(), daemon: cpuMs(daemons), at: performance.now() };
    await work();
    const wallMs = performance.now() - before.at;
    // The daemon finishes its work a little after its reply.
    await sleep(100);
    all.push({ client: client() - before.client, daemon: cpuMs(daemons) - before.daemon, wallMs });
  }
  const mid = (pick: (cost: Cost) => number): number => median(all.map(pick));
  return { client: mid((one) => one.client), daemon: mid((one) => one.daemon), wallMs: mid((one) => one.wallMs) };
}
/** CPU of ended child processes, in ticks of 10 ms. */
const ended = (): number => cpuMs([process.pid]) - process.cpuUsage().user / 1000 - process.cpuUsage().system / 1000;
const rows: string[][] = [];
const row = (what: string, every: string, { client, daemon, wallMs }: Cost): void => {
  rows.push([what, every, figure(client), figure(daemon), figure(client + daemon), figure(wallMs)]);
};

/** LXD storage pool of the benchmark; the lab's pool is too small. */
const POOL = 'crashcart-bench';
const pool = mkdtempSync(join(tmpdir(), `${POOL}-`));
const names = Array.from({ length: dockers }, (_, at) => `bench-${at}`);
const transport = localTransport();
const { lane } = await openUserLane(transport);
const { pid } = lane;
if (pid === undefined) throw new Error('the Python collector did not start');
const talks = new DaemonClients(() => undefined, readPolicy.protocolOf);
try {
  for (const name of names)
    await run(
      'docker',
      ['run', '-d', '--name', name, '--network', 'none', '--memory', '32m', options.image, 'sleep', '86400'],
      quiet,
    );
  await run('lxc', ['storage', 'create', POOL, 'dir', `source=${pool}`], quiet);
  for (let at = 0; at < instances; at++)
    await run('lxc', ['init', '-q', options['lxd-image'], `bench-${at}`, '-s', POOL], quiet);
  await sleep(3000);
  const collector = (): number => cpuMs([pid]);
  const table = () => lane.read(cgroups.reads.table);
  await table();
  const each = await costOf(seconds, collector, [], async () => {
    await table();
    await sleep(900);
  });
  row('crashcart: table of control groups', '1 s', { ...each, wallMs: each.wallMs - 900 });
  const dockerd = pidsOf('dockerd', 'containerd');
  const lxds = pidsOf('lxd');
  row(
    'crashcart: list of Docker',
    `${docker.everySeconds} s`,
    await costOf(10, collector, dockerd, () => talks.request(lane, docker.reads.containers)),
  );
  row(
    'crashcart: list of LXD',
    `${lxd.everySeconds} s`,
    await costOf(10, collector, lxds, () => talks.request(lane, lxd.reads.deb)),
  );
  row('`lxc list`', 'once', await costOf(5, ended, lxds, () => run('lxc', ['list', '-f', 'csv'], quiet)));
  row(
    '`docker stats --no-stream`',
    'once',
    await costOf(3, ended, dockerd, () => run('docker', ['stats', '--no-stream'], quiet)),
  );
  const stream = spawn('docker', ['stats'], { stdio: 'ignore' });
  await sleep(3000);
  const streaming = stream.pid === undefined ? [] : treeOf(stream.pid);
  const before = { client: cpuMs(streaming), daemon: cpuMs(dockerd), at: performance.now() };
  await sleep(seconds * 1000);
  const took = (performance.now() - before.at) / 1000;
  row('`docker stats`, streaming', '1 s', {
    client: (cpuMs(streaming) - before.client) / took,
    daemon: (cpuMs(dockerd) - before.daemon) / took,
    wallMs: NaN,
  });
  stream.kill();
} finally {
  lane.close();
  await transport.close();
  await run('docker', ['rm', '-f', ...names], quiet).catch(() => undefined);
  for (let at = 0; at < instances; at++)
    await run('lxc', ['delete', '-f', `bench-${at}`], quiet).catch(() => undefined);
  await run('lxc', ['storage', 'delete', POOL], quiet).catch(() => undefined);
  rmSync(pool, { recursive: true, force: true });
}
console.log(`${machine()}; ${dockers} running containers of Docker, ${instances} stopped ones of LXD\n`);
printTable(['what', 'each', 'client CPU ms', 'daemon CPU ms', 'both', 'wall ms'], rows);
