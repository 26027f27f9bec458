import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { plain } from '../../lib/plain.ts';
import { pipeOf } from '../local-transport.ts';
import { type Pipe, type Transport, TransportError } from '../transport.ts';
import { keepalive } from './keepalive.ts';
import { connectionEvents } from './connection-events.ts';
import { type Master, type OpensshDeps, startMaster } from './openssh-master.ts';
import { SESSION_OPEN_MS } from './connect-timeout.ts';
import { sessionRefused, sessionTimeout, unresponsive } from './ssh-errors.ts';
import type { SshConfig } from './ssh-config.ts';
import type { Target } from './target.ts';

/** Time limit of a probe. */
const PROBE_MS = 10_000;
const POLL_MS = 5;
const BYTES_POLL_MS = 250;
/** Clients and master detect a lost connection at nearly the same time. */
const MASTER_END_MS = 300;

/**
 * Options of a client of the master, which reads no configuration and uses the control socket only: where that is gone ssh
 * would silently make another connection, which ProxyCommand=false turns into a failure.
 */
const CLIENT = [
  '-F',
  'none',
  '-T',
  '-x',
  '-a',
  '-o',
  'ProxyCommand=false',
  '-o',
  'BatchMode=yes',
  '-o',
  'ControlMaster=no',
];
/** Host argument of clients; the control socket determines the host. */
const ANY_HOST = 'crashcart';

/** Transport by the system's ssh and a connection made here. */
export async function connectOpenssh(
  target: Target,
  resolved: SshConfig,
  deps: OpensshDeps & { readonly ssh?: string | undefined },
): Promise<Transport> {
  const ssh = deps.ssh ?? 'ssh';
  return opensshTransport(await startMaster(target, resolved, { ...deps, ssh }), ssh);
}

/** Transport by the clients of a master: one process per command. */
export function opensshTransport(master: Master, ssh: string): Transport {
  const events = connectionEvents();
  const pipes = new Map<Pipe, Socket>();
  const client = (argv: readonly string[]): ChildProcessWithoutNullStreams =>
    spawn(ssh, [...CLIENT, '-S', master.controlPath, ...argv], { detached: true, stdio: 'pipe' });

  const alive = keepalive({
    probe: () => (master.probe === undefined ? dial(client, alive.received) : master.probe(alive.received)),
    silence: events.silence,
    lost: (silentMs) => {
      events.lose(unresponsive(silentMs));
      void master.close();
    },
  });
  // Counters of the sockets: a listener here would take the data from the reader of the pipe.
  let bytesReceived = 0;
  const polling = setInterval(() => {
    let bytes = 0;
    for (const stdout of pipes.values()) bytes += stdout.bytesRead;
    if (bytes > bytesReceived) alive.received();
    bytesReceived = bytes;
  }, BYTES_POLL_MS);
  polling.unref();

  const watchEnd = async (): Promise<void> => {
    const why = await master.ended;
    alive.stop();
    clearInterval(polling);
    for (const pipe of pipes.keys()) pipe.kill();
    events.lose(why);
  };
  void watchEnd();

  /** Exit code of a command; undefined for the 255 of an ssh that lost its connection. */
  const exitOf = async (code: number | undefined): Promise<number | undefined> => {
    if (code === 255) await Promise.race([master.ended, sleep(MASTER_END_MS, undefined, { ref: false })]);
    return events.lostWhy() === undefined ? code : undefined;
  };
  let opened = 0;
  return {
    name: 'openssh',
    facts: master.facts,
    async exec(command) {
      const why = events.lostWhy();
      if (why !== undefined) throw new TransportError(`Connection closed: ${why}`, { retry: true });
      const log = join(master.folder, `log-${++opened}`);
      const child = client(['-v', '-E', log, '--', ANY_HOST, command]);
      const own = pipeOf(child);
      const pipe: Pipe = {
        ...own,
        exited: own.exited.then((code) => exitOf(code)),
      };
      await sessionOpen(child, log).finally(() => rm(log, { force: true }));
      alive.sessionOpened();
      pipes.set(pipe, child.stdout as Socket);
      void pipe.exited.then(() => pipes.delete(pipe));
      return pipe;
    },
    onLost: events.onLost,
    onSilence: events.onSilence,
    setVigilant: alive.setVigilant,
    async close() {
      events.lose('closed');
      await master.close();
    },
  };
}

/** Waits until the client's log shows an open session; rejects with the reason of a refused one. */
async function sessionOpen(child: ChildProcessWithoutNullStreams, log: string): Promise<void> {
  let over = false;
  child.once('exit', () => {
    over = true;
  });
  child.once('error', () => {
    over = true;
  });
  const until = performance.now() + SESSION_OPEN_MS;
  for (;;) {
    const ended = over;
    const text = await readFile(log, 'utf8').catch(() => '');
    if (/master session id: \d+/.test(text)) return;
    const refused = /session request failed: (.*)|(?:open|administratively).*(?:refused|prohibited)(.*)/i.exec(text);
    if (refused !== null || ended) {
      child.kill('SIGTERM');
      const why =
        refused?.[1] ?? text.split('\n').findLast((line) => line !== '' && !line.startsWith('debug')) ?? 'ssh exited';
      throw sessionRefused(plain(why.trim()));
    }
    if (performance.now() > until) {
      child.kill('SIGTERM');
      throw sessionTimeout();
    }
    await sleep(POLL_MS);
  }
}

/**
 * Probe that needs no session and runs no command: a request to connect to port 1 of the host, where nothing listens. A
 * refusal is a reply as good as any.
 */
function dial(client: (argv: readonly string[]) => ChildProcessWithoutNullStreams, received: () => void): void {
  const child = client(['-W', '127.0.0.1:1', '--', ANY_HOST]);
  child.stdin.end();
  child.stdout.resume();
  child.stderr.resume();
  const timer = setTimeout(() => child.kill('SIGTERM'), PROBE_MS);
  child.on('error', () => undefined);
  child.once('exit', (_code, signal) => {
    clearTimeout(timer);
    if (signal === null) received();
  });
}
