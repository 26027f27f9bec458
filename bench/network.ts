/**
 * Cost of the network's readings beside the tools of the same figures, in one run: `node bench/network.ts [--rounds 100] [--listeners 0]
 * [--connections 0]`
 *
 * Connections are made over loopback, and both ends are sockets of this host. A reading of `connections` that took long stays for a time: each
 * round has the first one of a new connection to the collector.
 *
 * CPU of the collector and of this process per reading; of a tool with its start, since a reading by it needs one.
 */
import './lib/raw-text.ts';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { parseArgs } from 'node:util';
import { cpuMs, treeOf } from './lib/cpu.ts';
import { figure, machine, printTable } from './lib/figures.ts';
import { toolMs } from './lib/tool-cost.ts';

const { keyOf } = await import('../src/host/host.ts');
const { openUserLane } = await import('../src/host/open-lane.ts');
const { localTransport } = await import('../src/host/local-transport.ts');
const { DaemonClients } = await import('../src/host/daemon-clients.ts');
const { readPolicy } = await import('../src/subsystems/index.ts');
const { protocolCounters } = await import('../src/sources/network/protocols.ts');
const { links } = await import('../src/sources/network/links.ts');
const { listeners, qdiscs } = await import('../src/sources/network/queues.ts');
const { neighbours } = await import('../src/sources/network/routing.ts');
const { drivers } = await import('../src/sources/network/drivers.ts');
const { namespaces } = await import('../src/sources/network/namespaces.ts');
const { clock } = await import('../src/sources/network/clock.ts');
const { connections } = await import('../src/sources/network/connections.ts');
const { resolvers } = await import('../src/sources/network/resolvers.ts');

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '100' },
    listeners: { type: 'string', default: '0' },
    connections: { type: 'string', default: '0' },
  },
});
const rounds = Number(options.rounds);

const servers: Server[] = [];
for (let i = 0; i < Number(options.listeners); i++) {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  servers.push(server);
}

/** Holds connections in processes of up to 400 each, with both ends: a process may have 1 024 files. They end with the first one. */
const HOLDER = `import os, socket, sys
left, (alive, held), (made, done) = int(sys.argv[1]), os.pipe(), os.pipe()
while left > 0:
    count, left = min(left, 400), left - 400
    if os.fork() == 0:
        os.close(held); listener = socket.create_server(("127.0.0.1", 0)); kept = []
        for _ in range(count): kept += [socket.create_connection(listener.getsockname()), listener.accept()[0]]
        os.write(done, b"x"); os.read(alive, 1); os._exit(0)
    os.read(made, 1)
print("held", flush=True); os.read(0, 1)`;
const holder =
  Number(options.connections) > 0 ? spawn('/usr/bin/python3', ['-c', HOLDER, options.connections]) : undefined;
if (holder) await once(holder.stdout, 'data');

const transport = localTransport();
const { lane } = await openUserLane(transport);
const { pid } = lane;
if (pid === undefined) throw new Error('the Python collector did not start');
const daemons = new DaemonClients(() => undefined, readPolicy.protocolOf);

/** Source, and the tool that shows the same. */
const PAIRS = [
  [protocolCounters, ['nstat', '-az']],
  [links, ['ip', '-s', 'link']],
  [qdiscs, ['tc', '-s', 'qdisc', 'show']],
  [neighbours, ['ip', 'neigh', 'show']],
  [listeners, ['ss', '-ltn']],
  [connections, ['ss', '-tan']],
  [resolvers, ['ss', '-uan', 'dport = :53']],
  [drivers, ['ethtool', '-S', 'eth0']],
  [clock, ['chronyc', '-n', 'tracking']],
  [namespaces, undefined],
  [undefined, ['ss', '-s']],
] as const;

const rows: string[][] = [];
for (const [source, argv] of PAIRS) {
  const cells = ['', '', '', ''];
  if (source) {
    const reads = Object.values(source.reads);
    const readAll = async (): Promise<number> => {
      let bytes = 0;
      for (const read of reads) {
        const reading = read.kind === 'talk' ? await daemons.request(lane, read) : await lane.read(read);
        if (reading.ok && typeof reading.value === 'string') bytes += reading.value.length;
        else if (!reading.ok && reading.why !== 'absent') throw new Error(`${keyOf(read)}: ${reading.detail}`);
      }
      return bytes;
    };
    const bytes = await readAll();
    const [host, own] = [cpuMs(treeOf(pid)), process.cpuUsage()];
    for (let i = 0; i < rounds; i++) {
      if (source === connections) daemons.drop(lane);
      await readAll();
    }
    const { user, system } = process.cpuUsage(own);
    cells.splice(0, 4, source.id, figure((cpuMs(treeOf(pid)) - host) / rounds), figure((user + system) / 1000 / rounds), String(bytes)); // prettier-ignore
  }
  rows.push([...cells, argv?.join(' ') ?? '', argv ? figure(await toolMs(argv, rounds)) : '']);
}

console.log(
  `${machine()}; ${rounds} rounds, ${options.listeners} more listeners, ${options.connections} more connections\n`,
);
printTable(['source', 'host CPU ms', 'own CPU ms', 'bytes', 'tool', 'tool CPU ms'], rows);
for (const server of servers) server.close();
holder?.kill();
daemons.drop(lane);
lane.close();
await transport.close();
