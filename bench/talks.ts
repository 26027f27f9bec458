/**
 * Cost of requests to daemons on the host and locally: one HTTP request, the same request to 64 sockets of one pattern,
 * and quiet event streams. `node bench/talks.ts [--requests 500] [--bytes 4000]`
 *
 * The daemon is a test server in a separate process, so that only CPU of the collector and of this process counts.
 */
import './lib/raw-text.ts';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { cpuMs, treeOf } from './lib/cpu.ts';
import { figure, machine, median, printTable } from './lib/figures.ts';

const { http } = await import('../src/host/protocols/http/http.ts');
const { openUserLane } = await import('../src/host/open-lane.ts');
const { localTransport } = await import('../src/host/local-transport.ts');
const { DaemonClients } = await import('../src/host/daemon-clients.ts');

const { values: options } = parseArgs({
  options: { requests: { type: 'string', default: '500' }, bytes: { type: 'string', default: '4000' } },
});
const requests = Number(options.requests);
const SOCKETS = 64;

const folder = mkdtempSync(join(tmpdir(), 'crashcart-bench-'));
const daemon = spawn(
  process.execPath,
  [
    '-e',
    `const body = JSON.stringify({ text: 'x'.repeat(${Number(options.bytes)}) });
for (let i = 0; i < ${SOCKETS}; i++)
  require('node:http').createServer((request, response) => {
    if (request.url === '/events') response.write('{"n":1}'); else response.end(body);
  }).listen(${JSON.stringify(folder)} + '/' + i + '.sock', () => i === ${SOCKETS - 1} && console.log('up'));`,
  ],
  { stdio: ['pipe', 'pipe', 'inherit'] },
);
await once(daemon.stdout, 'data');

const transport = localTransport();
const { lane } = await openUserLane(transport);
const { pid } = lane;
if (pid === undefined) throw new Error('the Python collector did not start');
const talks = new DaemonClients(
  () => undefined,
  () => ({ ...http, refusal: () => undefined, daemons: () => undefined }),
);
const ask = async (to: string, request: string): Promise<number> => {
  const reading = await talks.request(lane, { kind: 'talk', dialect: 'http', to, request });
  if (!reading.ok) throw new Error(reading.detail);
  return reading.tookMs;
};

/** CPU of the collector and of this process during some work, and its wall time. */
async function over(work: () => Promise<void>) {
  const [host, own, begun] = [cpuMs(treeOf(pid ?? 0)), process.cpuUsage(), performance.now()];
  await work();
  const { user, system } = process.cpuUsage(own);
  return { hostMs: cpuMs(treeOf(pid ?? 0)) - host, ownMs: (user + system) / 1000, wallMs: performance.now() - begun };
}

console.log(`${machine()}; ${requests} requests, ${options.bytes} bytes each\n`);
const rows: string[][] = [];
const row = (name: string, per: number, { hostMs, ownMs }: { hostMs: number; ownMs: number }, tookMs?: number) =>
  rows.push([name, figure(hostMs / per), figure(ownMs / per), figure(tookMs)]);

await ask(join(folder, '0.sock'), 'GET /');
const took: number[] = [];
row(
  'one request',
  requests,
  await over(async () => {
    for (let i = 0; i < requests; i++) took.push(await ask(join(folder, '0.sock'), 'GET /'));
  }),
  median(took),
);
const all = { kind: 'talks', dialect: 'http', pattern: join(folder, '*.sock'), request: 'GET /' } as const;
const rounds = Math.max(1, Math.round(requests / SOCKETS));
const each = await over(async () => {
  for (let i = 0; i < rounds; i++) await talks.requestAll(lane, all);
});
row(`one of ${SOCKETS} sockets at once`, rounds * SOCKETS, each, each.wallMs / rounds);
for (let i = 0; i < 16; i++) await ask(join(folder, `${i}.sock`), 'EVENTS /events');
const SECONDS = 10;
row('a second of 16 quiet streams', SECONDS, await over(() => sleep(SECONDS * 1000)));
printTable(['', 'host CPU ms', 'local CPU ms', 'took ms'], rows);

talks.drop(lane);
lane.close();
await transport.close();
daemon.kill();
rmSync(folder, { recursive: true });
