import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { plain } from '../../lib/plain.ts';
import type { ConnectionFacts } from '../link-state.ts';
import { TransportError } from '../transport.ts';
import type { Prompter } from '../prompter.ts';
import { startAskpass } from './askpass.ts';
import { bannerTo } from './banner.ts';
import { explainStderr } from './openssh-errors.ts';
import { loginCancelled } from './ssh-errors.ts';
import { opensshLog } from './openssh-log.ts';
import { LOGIN_STEP_MS, connectTimer } from './connect-timeout.ts';
import type { DebugLog } from './connection.ts';
import { privateFolder } from './private-folder.ts';
import type { SshConfig } from './ssh-config.ts';
import { connectTimeoutMs } from './socket.ts';
import { type Target, sshArgs } from './target.ts';

const MAX_STDERR_CHARACTERS = 8000;
const POLL_MS = 20;
const ENDED_WITHIN_MS = 1000;

/** The ssh process that holds the connection; clients use its control socket. */
export interface Master {
  /** For logs of clients. */
  readonly folder: string;
  readonly controlPath: string;
  readonly facts: ConnectionFacts;
  /** Makes the server reply; undefined: by a client. */
  readonly probe?: (received: () => void) => void;
  /** Reason of its end. */
  readonly ended: Promise<string>;
  readonly close: () => Promise<void>;
}

/**
 * Shell that ends ssh when our process ends, even by SIGKILL: otherwise a login would stay open. It passes its stdin to a
 * watcher and becomes ssh; the watcher ends ssh and removes the folder when our end of the pipe closes.
 */
const TETHER = `exec 3<&0 0</dev/null; folder=$1; shift
(read -r _ <&3; kill -TERM $$; rm -rf -- "$folder") >/dev/null 2>&1 &
exec 3<&-; exec "$@"`;

/** Options that override the configuration; of several values ssh takes the first. */
const FIXED_OPTIONS = [
  'ControlMaster=yes',
  'ControlPersist=no',
  'ForwardAgent=no',
  'ForwardX11=no',
  'ClearAllForwardings=yes',
  'Tunnel=no',
  'PermitLocalCommand=no',
  'RemoteCommand=none',
  'RequestTTY=no',
  // The key exchange and the keys that were tried are in its debug lines.
  'LogLevel=DEBUG1',
  'ServerAliveInterval=5',
  'ServerAliveCountMax=3',
];

/** Message for each refused probe connection, which is not shown. */
const PROBE_ANSWERED = /^channel \d+: open failed: (?:connect failed|administratively prohibited)/;

/** Notice of ssh that it trusts a new host key; after the login only another key at a rekey can be one. */
const KEY_ADDED = /^Warning: Permanently added /;
const KEY_CHANGED = 'Host key verification failed: another host key at a rekey';

export interface OpensshDeps {
  readonly prompter: Prompter;
  readonly debug?: DebugLog | undefined;
  /** Reason that no other client will do, for the error without ssh(1). */
  readonly needed?: string | undefined;
}

export async function startMaster(
  target: Target,
  resolved: SshConfig,
  deps: OpensshDeps & { readonly ssh: string },
): Promise<Master> {
  const folder = await privateFolder();
  const controlPath = join(folder, 'control');
  const log = opensshLog(deps.debug);
  let stderr = '';
  let cancelled = false;
  // Until then a refused connection is the error of a jump host.
  let up = false;
  let expired = false;
  let child: ChildProcessWithoutNullStreams | undefined = undefined as ChildProcessWithoutNullStreams | undefined;
  const wait = connectTimer(connectTimeoutMs(resolved) + 5000, () => {
    expired = true;
    child?.kill('SIGTERM');
  });
  const account = `${plain(resolved.user)}@${plain(resolved.hostname)}`;
  // No prompt is due after the login. OpenSSH 9.2 forgets the name of the host by then, and takes a changed key for an unknown one.
  const prompter: Prompter = {
    ...deps.prompter,
    secret: async ({ title, ...question }) =>
      up ? undefined : deps.prompter.secret({ ...question, title: `${account}: ${title}` }),
    confirm: async (question) => !up && deps.prompter.confirm(question),
  };
  const askpass = await startAskpass(folder, prompter, wait.suspended);
  askpass.onCancel(() => {
    cancelled = true;
    child?.kill('SIGTERM');
  });

  const options = [...FIXED_OPTIONS, ...weakened(resolved, deps.prompter)].flatMap((option) => ['-o', option]);
  const argv = [deps.ssh, '-M', '-N', '-T', '-S', controlPath, ...options, ...sshArgs(target)];
  child = spawn('/bin/sh', ['-c', TETHER, 'sh', folder, ...argv], {
    detached: true,
    stdio: 'pipe',
    env: { ...process.env, ...askpass.env },
  });
  const notify = bannerTo(deps.prompter);
  child.stdin.on('error', () => undefined);
  child.stdout.resume();
  child.stderr.setEncoding('utf8');
  const shown = (line: string): void => {
    if (up && PROBE_ANSWERED.test(line)) return;
    stderr = `${stderr}${line}\n`.slice(-MAX_STDERR_CHARACTERS);
    if (up && KEY_ADDED.test(line)) {
      stderr = KEY_CHANGED;
      child?.kill('SIGKILL');
    }
    notify(line);
  };
  child.stderr.on('data', (text: string) => {
    for (const line of log.read(text)) shown(line);
    wait.renew(log.algorithms === undefined ? undefined : LOGIN_STEP_MS);
  });
  const state = { over: false };
  const running = child;
  const ended = new Promise<string>((settle) => {
    const end = (why: string): void => {
      state.over = true;
      wait.stop();
      askpass.close();
      // Ends the watcher, which also removes the folder.
      running.stdin.destroy();
      void rm(folder, { recursive: true, force: true }).then(
        () => settle(why),
        () => settle(why),
      );
    };
    running.once('error', (error) => end(error.message));
    running.once('exit', () => {
      if (log.rest() !== '') shown(log.rest());
      end(plain(stderr.trim().split('\n').at(-1)?.trim() || 'ssh exited'));
    });
  });
  const close = async (): Promise<void> => {
    running.kill('SIGTERM');
    const timer = setTimeout(() => running.kill('SIGKILL'), ENDED_WITHIN_MS);
    await ended;
    clearTimeout(timer);
  };

  while (!state.over && !(await exists(controlPath))) await new Promise((settle) => setTimeout(settle, POLL_MS));
  if (!state.over) {
    wait.stop();
    up = true;
    return { folder, controlPath, facts: { algorithms: log.algorithms }, ended, close };
  }
  const why = await ended;
  if (cancelled)
    throw loginCancelled({ account, refused: log.tried.filter((name) => /key /.test(name)), accepted: log.accepted });
  if (/ENOENT|: not found/.test(why)) throw noSsh(deps.needed);
  throw explainStderr(
    expired && stderr === ''
      ? `connect to host ${resolved.hostname} port ${resolved.port}: Connection timed out`
      : stderr,
    resolved,
    log,
  );
}

const noSsh = (needed = 'this target needs it'): TransportError =>
  new TransportError(`ssh: command not found: ${needed}`, {
    fix: 'install openssh-client',
  });

/** Options for StrictHostKeyChecking=no, which would accept a changed key: it becomes accept-new, with a notice. */
export function weakened(resolved: SshConfig, prompter: Pick<Prompter, 'notify'>): string[] {
  if (resolved.strictHostKeyChecking !== 'no') return [];
  prompter.notify('StrictHostKeyChecking=no: an unknown host key is accepted; a changed key is refused');
  return ['StrictHostKeyChecking=accept-new'];
}

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );
