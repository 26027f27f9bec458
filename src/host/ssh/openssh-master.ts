import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { plain } from '../../lib/plain.ts';
import { TransportError } from '../transport.ts';
import type { Prompter } from '../prompter.ts';
import { startAskpass } from './askpass.ts';
import { bannerTo } from './banner.ts';
import { explainStderr } from './openssh-errors.ts';
import { patience } from './connect-timeout.ts';
import { privateFolder } from './private-folder.ts';
import type { Resolved } from './resolved.ts';
import { connectTimeoutMs } from './socket.ts';
import { type Target, sshArgs } from './target.ts';

const MOST_STDERR_CHARACTERS = 8000;
const LOOK_EVERY_MS = 20;
const ENDED_WITHIN_MS = 1000;

/** The one ssh process that holds the connection; others talk through its control socket. */
export interface Master {
  readonly folder: string;
  readonly controlPath: string;
  /** Why it ended, once it has. */
  readonly ended: Promise<string>;
  readonly close: () => Promise<void>;
}

/**
 * ssh must not outlive us, not even when we are killed: it would hold a login open. A shell passes its stdin to a
 * watcher, becomes ssh, and the watcher ends it (and its folder) when our end of that pipe closes.
 */
const TETHER = `exec 3<&0 0</dev/null; folder=$1; shift
(read -r _ <&3; kill -TERM $$; rm -rf -- "$folder") >/dev/null 2>&1 &
exec 3<&-; exec "$@"`;

/** What must hold whatever the configuration says; of several values ssh takes the first. */
const FIRM = [
  'ControlMaster=yes',
  'ControlPersist=no',
  'ForwardAgent=no',
  'ForwardX11=no',
  'ClearAllForwardings=yes',
  'Tunnel=no',
  'PermitLocalCommand=no',
  'RemoteCommand=none',
  'RequestTTY=no',
  'LogLevel=INFO',
  'ServerAliveInterval=5',
  'ServerAliveCountMax=3',
];

/** What it says each time the far side refuses the connection by which we see that the line lives: news to nobody. */
const PROBE_ANSWERED = /^channel \d+: open failed: (?:connect failed|administratively prohibited).*(?:\r?\n|$)/gm;

export async function startMaster(
  target: Target,
  resolved: Resolved,
  deps: { readonly prompter: Prompter; readonly ssh: string },
): Promise<Master> {
  const folder = await privateFolder();
  const controlPath = join(folder, 'control');
  let stderr = '';
  let gaveUp = false;
  // Before that, a refused connection is a jump host's reason.
  let up = false;
  let expired = false;
  let child: ChildProcessWithoutNullStreams | undefined = undefined as ChildProcessWithoutNullStreams | undefined;
  const wait = patience(connectTimeoutMs(resolved) + 5000, () => {
    expired = true;
    child?.kill('SIGTERM');
  });
  const askpass = await startAskpass(folder, deps.prompter, wait.suspended);
  askpass.onGivenUp(() => {
    gaveUp = true;
    child?.kill('SIGTERM');
  });

  const options = [...FIRM, ...weakened(resolved, deps.prompter)].flatMap((option) => ['-o', option]);
  const argv = [deps.ssh, '-M', '-N', '-T', '-S', controlPath, ...options, ...sshArgs(target)];
  child = spawn('/bin/sh', ['-c', TETHER, 'sh', folder, ...argv], {
    detached: true,
    stdio: 'pipe',
    env: { ...process.env, ...askpass.env },
  });
  const tell = bannerTo(deps.prompter);
  child.stdin.on('error', () => undefined);
  child.stdout.resume();
  child.stderr.setEncoding('utf8');
  child.stderr.on('data', (text: string) => {
    const news = up ? text.replaceAll(PROBE_ANSWERED, '') : text;
    stderr = (stderr + news).slice(-MOST_STDERR_CHARACTERS);
    wait.renew();
    tell(news);
  });
  const state = { over: false };
  const running = child;
  const ended = new Promise<string>((settle) => {
    const end = (why: string): void => {
      state.over = true;
      wait.stop();
      askpass.close();
      // Lets the watcher go, which also removes the folder.
      running.stdin.destroy();
      void rm(folder, { recursive: true, force: true }).then(
        () => settle(why),
        () => settle(why),
      );
    };
    running.once('error', (error) => end(error.message));
    running.once('exit', () => end(plain(stderr.trim().split('\n').at(-1)?.trim() || 'ssh ended')));
  });
  const close = async (): Promise<void> => {
    running.kill('SIGTERM');
    const timer = setTimeout(() => running.kill('SIGKILL'), ENDED_WITHIN_MS);
    await ended;
    clearTimeout(timer);
  };

  while (!state.over && !(await exists(controlPath))) await new Promise((settle) => setTimeout(settle, LOOK_EVERY_MS));
  if (!state.over) {
    wait.stop();
    up = true;
    return { folder, controlPath, ended, close };
  }
  const why = await ended;
  if (gaveUp)
    throw new TransportError(`The login to ${plain(resolved.hostname)} was given up.`, {
      mend: 'Connect again, or give a key with -i.',
    });
  if (/ENOENT|: not found/.test(why)) throw noSsh();
  throw explainStderr(expired && stderr === '' ? 'Connection timed out' : stderr, resolved);
}

export const noSsh = (): TransportError =>
  new TransportError('There is no ssh program on this machine, and this target needs it.', {
    mend: 'Install openssh-client.',
  });

/** `no` would let a changed key pass with a warning: it becomes "new keys only", and that is said. */
export function weakened(resolved: Resolved, prompter: Pick<Prompter, 'tell'>): string[] {
  if (resolved.strictHostKeyChecking !== 'no') return [];
  prompter.tell(
    'StrictHostKeyChecking is no: an unknown host key is accepted without asking; a changed one is still refused.',
  );
  return ['StrictHostKeyChecking=accept-new'];
}

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );
