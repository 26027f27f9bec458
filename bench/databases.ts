/**
 * CPU of database servers for crashcart's readings, ms per minute at the readings' pace, beside the tools that engineers run there.
 * `node bench/databases.ts [--seconds 60]`, as root with servers running and idle: those of test/lab (`lab-postgresql.sh up`, mariadb, redis,
 * rabbitmq, etcd, zookeeper, mongodb). Tools that are not installed are left out: pg_activity, pgcenter, mytop, innotop, mongostat.
 */
import './lib/raw-text.ts';
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { once } from 'node:events';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { commandOf, cpuMs, parents, treeOf } from './lib/cpu.ts';
import { figure, machine, printTable } from './lib/figures.ts';
import type { Read } from '../src/host/host.ts';

const { readPolicy } = await import('../src/subsystems/index.ts');
const { localTransport } = await import('../src/host/local-transport.ts');
const { openUserLane } = await import('../src/host/open-lane.ts');
const { DaemonClients } = await import('../src/host/daemon-clients.ts');
const { databasesSubsystem } = await import('../src/subsystems/databases.ts');

const { values: options } = parseArgs({ options: { seconds: { type: 'string', default: '60' } } });
const seconds = Number(options.seconds);

/** Engine: its processes by their command (comm), for Java by their command line, the prefix of its sources, and tools; a tool that draws runs on a terminal. */
interface Engine {
  readonly name: string;
  readonly program: RegExp;
  readonly sources: RegExp;
  readonly tools: readonly Tool[];
}
interface Tool {
  readonly argv: readonly [program: string, ...rest: string[]];
  /** Pause between two runs of a command that ends by itself; one that draws runs on. */
  readonly everySeconds?: number;
}
const ENGINES: readonly Engine[] = [
  { name: 'PostgreSQL', program: /^postgres$/, sources: /^postgresql-/, tools: [{ argv: ['pg_activity', '-U', 'postgres', '--refresh', '2'] }, { argv: ['pgcenter', 'top', '-U', 'postgres'] }] },
  { name: 'MariaDB', program: /^(?:mariadbd|mysqld)$/, sources: /^mysql-/, tools: [{ argv: ['mytop', '-s', '5'] }, { argv: ['innotop', '-d', '5'] }, { argv: ['mariadb', '-e', 'show full processlist; show global status'], everySeconds: 5 }] },
  { name: 'MongoDB', program: /^(?:mongod|ferretdb)$/, sources: /^mongodb-/, tools: [{ argv: ['mongostat', '5'] }, { argv: ['mongotop', '5'] }] },
  { name: 'Redis', program: /^(?:redis|valkey)-server$/, sources: /^redis-/, tools: [{ argv: ['redis-cli', '--stat', '-i', '5'] }] },
  { name: 'RabbitMQ', program: /^beam\.smp$/, sources: /^rabbitmq-/, tools: [{ argv: ['rabbitmqctl', 'list_queues'], everySeconds: 30 }] },
  { name: 'etcd', program: /^etcd$/, sources: /^etcd-/, tools: [{ argv: ['etcdctl', 'endpoint', 'status'], everySeconds: 5 }] },
  { name: 'ZooKeeper', program: /^java .*(?:QuorumPeerMain|ZooKeeperServerMain)/, sources: /^zookeeper-/, tools: [] },
]; // prettier-ignore

/** Servers, with all of their processes: a backend of PostgreSQL is one. */
const serversOf = ({ program }: Engine): readonly number[] =>
  [...parents().keys()].filter((pid) => program.test(nameOf(pid)));

/** Command of a process; of Java, which is that of many, with its command line. */
function nameOf(pid: number): string {
  try {
    const name = readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
    return name === 'java' ? `${name} ${commandOf(pid)}` : name;
  } catch {
    // The process has ended.
    return '';
  }
}

const isInstalled = (program: string): boolean =>
  (process.env['PATH'] ?? '').split(delimiter).some((folder) => existsSync(join(folder, program)));

/** CPU of an engine's servers during some work, ms per minute. Backends that began and ended within it count by their parent. */
async function perMinute(engine: Engine, work: () => Promise<void>): Promise<number> {
  const [before, begun] = [new Map(serversOf(engine).map((pid) => [pid, cpuMs([pid])])), performance.now()];
  await work();
  const used = serversOf(engine).reduce((sum, pid) => sum + cpuMs([pid]) - (before.get(pid) ?? 0), 0);
  return (used * 60_000) / (performance.now() - begun);
}

/** Runs a program up to some seconds. */
const ended = async (argv: readonly string[], mostMs: number): Promise<void> => {
  const most = `${Math.ceil(mostMs / 1000) + 1}`;
  await once(spawn('timeout', [most, ...argv], { stdio: 'ignore' }), 'exit');
};

/** Runs a tool for some seconds: once, on a terminal, or again and again. */
async function running({ argv, everySeconds }: Tool, forSeconds: number): Promise<void> {
  const end = performance.now() + forSeconds * 1000;
  const leftMs = (): number => Math.max(0, end - performance.now());
  if (everySeconds === undefined) {
    await ended(['script', '-qec', argv.map((word) => `'${word}'`).join(' '), '/dev/null'], leftMs());
    await sleep(leftMs());
    return;
  }
  while (leftMs() > 0) {
    await ended(argv, leftMs());
    await sleep(Math.min(leftMs(), everySeconds * 1000));
  }
}

const transport = localTransport();
const { lane } = await openUserLane(transport);
const { pid } = lane;
if (pid === undefined) throw new Error('the Python collector did not start');
const clients = new DaemonClients(() => undefined, readPolicy.protocolOf);

/** Reads sources at their pace for some seconds, as a session does. */
async function watching(sources: typeof databasesSubsystem.sources, forSeconds: number): Promise<void> {
  const end = performance.now() + forSeconds * 1000;
  await Promise.all(
    sources.map(async ({ reads, everySeconds }) => {
      while (performance.now() < end) {
        for (const what of Object.values<Read>(reads)) {
          if (what.kind === 'talks') await clients.requestAll(lane, what);
          else if (what.kind === 'talk') await clients.request(lane, what);
        }
        if (everySeconds === 'once') return;
        await sleep(Math.min(everySeconds * 1000, Math.max(0, end - performance.now())));
      }
    }),
  );
}

const rows: string[][] = [];
try {
  for (const engine of ENGINES) {
    if (serversOf(engine).length === 0) continue;
    const sources = databasesSubsystem.sources.filter(({ id }) => engine.sources.test(id));
    const idle = await perMinute(engine, () => sleep(seconds * 1000));
    // The first readings log in, and find the servers.
    await watching(sources, 3);
    const [collector, begun] = [cpuMs(treeOf(pid)), performance.now()];
    const server = await perMinute(engine, () => watching(sources, seconds));
    const own = ((cpuMs(treeOf(pid)) - collector) * 60_000) / (performance.now() - begun);
    rows.push([engine.name, 'idle', figure(idle), ''], ['', `crashcart (${sources.map(({ id, everySeconds }) => `${id} ${everySeconds} s`).join(', ')})`, figure(server - idle), figure(own)]); // prettier-ignore
    for (const tool of engine.tools) {
      if (!isInstalled(tool.argv[0])) continue;
      const used = await perMinute(engine, () => running(tool, seconds));
      rows.push(['', `\`${tool.argv.join(' ')}\`${tool.everySeconds === undefined ? '' : `, each ${tool.everySeconds} s`}`, figure(used - idle), '']); // prettier-ignore
    }
  }
} finally {
  lane.close();
  await transport.close();
}
if (rows.length === 0) throw new Error('no server runs on this host: bring a lab up');
console.log(`${machine()}; ${seconds} s each\n`);
printTable(['server', 'reader', 'server CPU, ms/min', 'collector CPU, ms/min'], rows);
