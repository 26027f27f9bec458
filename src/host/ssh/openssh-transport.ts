import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { plain } from '../../lib/plain.ts';
import { pipeOf } from '../local-transport.ts';
import { type Pipe, type Transport, TransportError } from '../transport.ts';
import type { Prompter } from '../prompter.ts';
import { keepalive } from './keepalive.ts';
import { lineEvents } from './line-events.ts';
import { startMaster } from './openssh-master.ts';
import { SESSION_OPEN_MS } from './connect-timeout.ts';
import type { Resolved } from './resolved.ts';
import type { Target } from './target.ts';

/** A probe without an answer is given up. */
const PROBE_MS = 10_000;
const LOOK_EVERY_MS = 5;
const HEARD_EVERY_MS = 250;
/** Clients and master learn of a lost line at nearly the same time. */
const MASTER_END_MS = 300;

/**
 * A client of the master reads no configuration, and can only ever use the control socket: without it ssh would
 * silently make a new connection of its own, which the ProxyCommand turns into a failure.
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
/** The host is named by the control socket alone. */
const ANY_HOST = 'crashcart';

/** The system's ssh as a transport: one master with a control socket, one client process for each command. */
export async function connectOpenssh(
  target: Target,
  resolved: Resolved,
  deps: { readonly prompter: Prompter; readonly ssh?: string | undefined },
): Promise<Transport> {
  const ssh = deps.ssh ?? 'ssh';
  const master = await startMaster(target, resolved, { prompter: deps.prompter, ssh });
  const events = lineEvents();
  const pipes = new Map<Pipe, Socket>();
  const client = (argv: readonly string[]): ChildProcessWithoutNullStreams =>
    spawn(ssh, [...CLIENT, '-S', master.controlPath, ...argv], { detached: true, stdio: 'pipe' });

  const alive = keepalive({
    probe: () => probe(client, alive.heard),
    silence: events.silence,
    lost: (silentMs) => {
      events.lose(`nothing was heard for ${Math.round(silentMs / 1000)} s`);
      void master.close();
    },
  });
  // Bytes are counted where they arrive: a listener here would take them from whoever reads the pipe.
  let bytesHeard = 0;
  const hearing = setInterval(() => {
    let bytes = 0;
    for (const stdout of pipes.values()) bytes += stdout.bytesRead;
    if (bytes > bytesHeard) alive.heard();
    bytesHeard = bytes;
  }, HEARD_EVERY_MS);
  hearing.unref();

  const watchEnd = async (): Promise<void> => {
    const why = await master.ended;
    alive.stop();
    clearInterval(hearing);
    for (const pipe of pipes.keys()) pipe.kill();
    events.lose(why);
  };
  void watchEnd();

  /** ssh ends with 255 for troubles of its own: when the line goes as well, that is no exit code of the command. */
  const exitOf = async (code: number | undefined): Promise<number | undefined> => {
    if (code === 255) await Promise.race([master.ended, sleep(MASTER_END_MS, undefined, { ref: false })]);
    return events.lostWhy() === undefined ? code : undefined;
  };
  let opened = 0;
  return {
    name: 'openssh',
    async exec(command) {
      const why = events.lostWhy();
      if (why !== undefined) throw new TransportError(`The connection is gone: ${why}.`, { retry: true });
      const log = join(master.folder, `log-${++opened}`);
      const child = client(['-v', '-E', log, '--', ANY_HOST, command]);
      const own = pipeOf(child);
      const pipe: Pipe = {
        ...own,
        exited: own.exited.then((code) => exitOf(code)),
      };
      await sessionOpen(child, log).finally(() => rm(log, { force: true }));
      alive.entered();
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

/** Waits until the client's own log says that the far side opened the session, or why it did not. */
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
    const said = await readFile(log, 'utf8').catch(() => '');
    if (/master session id: \d+/.test(said)) return;
    const refused = /session request failed: (.*)|(?:open|administratively).*(?:refused|prohibited)(.*)/i.exec(said);
    if (refused !== null || ended) {
      child.kill('SIGTERM');
      const why =
        refused?.[1] ?? said.split('\n').findLast((line) => line !== '' && !line.startsWith('debug')) ?? 'ssh ended';
      throw new TransportError(`The host refused another session: ${plain(why.trim())}.`, {
        mend: 'MaxSessions of its sshd is reached, or the account may not run commands.',
        retry: true,
      });
    }
    if (performance.now() > until) {
      child.kill('SIGTERM');
      throw new TransportError(`The host did not open another session within ${SESSION_OPEN_MS / 1000} s.`, {
        retry: true,
      });
    }
    await sleep(LOOK_EVERY_MS);
  }
}

/**
 * Makes the far side answer without a session and without running anything: it is asked for a connection to its own
 * port 1, where nobody listens. Refused, prohibited or made: each is an answer.
 */
function probe(client: (argv: readonly string[]) => ChildProcessWithoutNullStreams, heard: () => void): void {
  const child = client(['-W', '127.0.0.1:1', '--', ANY_HOST]);
  child.stdin.end();
  child.stdout.resume();
  child.stderr.resume();
  const timer = setTimeout(() => child.kill('SIGTERM'), PROBE_MS);
  child.on('error', () => undefined);
  child.once('exit', (_code, signal) => {
    clearTimeout(timer);
    if (signal === null) heard();
  });
}
