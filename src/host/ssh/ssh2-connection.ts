import ssh2, { type Client } from 'ssh2';
import { plain } from '../../lib/plain.ts';
import type { NegotiatedAlgorithms } from '../link-state.ts';
import { TransportError } from '../transport.ts';
import type { Prompter } from '../prompter.ts';
import { offer } from './algorithms.ts';
import { login } from './auth.ts';
import { bannerTo } from './banner.ts';
import type { DebugLog, Keyring } from './connection.ts';
import { type HostKeyCheck, hostKeyCheck } from './host-key-check.ts';
import { findIdentities } from './identities.ts';
import { SIGNATURE_PENDING } from './key-trial.ts';
import { type Keepalive, keepalive } from './keepalive.ts';
import { type ConnectionEvents, connectionEvents } from './connection-events.ts';
import { LOGIN_STEP_MS, connectTimer } from './connect-timeout.ts';
import type { SshConfig } from './ssh-config.ts';
import { type SshSocket, connectTimeoutMs } from './socket.ts';
import { unresponsive } from './ssh-errors.ts';
import { NoCommonAlgorithm, closedEarly, explain, passwordExpired } from './ssh2-errors.ts';

/** Time limit of a clean disconnect. */
const CLOSE_TIMEOUT_MS = 1000;

/** Logged-in client, for a transport or the forwarding of a jump host. */
export interface Ssh2Connection {
  readonly client: Client;
  readonly events: ConnectionEvents;
  readonly keepalive: Keepalive;
  readonly algorithms: NegotiatedAlgorithms | undefined;
  readonly close: () => Promise<void>;
}

export interface ConnectionDeps {
  readonly prompter: Prompter;
  readonly keyring: Keyring;
  readonly debug?: DebugLog | undefined;
}

/** Handshake, host key, login. Rejects with a TransportError, and then closes the socket. */
export async function openConnection(
  resolved: SshConfig,
  socket: SshSocket,
  deps: ConnectionDeps,
): Promise<Ssh2Connection> {
  try {
    const check = await hostKeyCheck(resolved, deps.prompter, deps.keyring);
    return await handshake(resolved, socket, check, deps);
  } catch (error) {
    socket.close();
    if (error instanceof TransportError) throw error;
    throw new TransportError(`ssh2 failed: ${plain(String(error))}`, { cause: error });
  }
}

async function handshake(
  resolved: SshConfig,
  socket: SshSocket,
  hostKey: HostKeyCheck,
  deps: ConnectionDeps,
): Promise<Ssh2Connection> {
  const offered = offer(resolved, hostKey.knownTypes);
  if (!offered.ok)
    throw new NoCommonAlgorithm(`Unable to negotiate: ssh2 supports none of the configured ${offered.setting}`, {
      fix: 'connect with --transport openssh',
    });
  const identities = await findIdentities(resolved, deps.prompter, deps.keyring);
  const client = new ssh2.Client();
  const events = connectionEvents();
  const host = plain(resolved.hostname);
  let refused: TransportError | undefined;
  const settled = Promise.withResolvers<Ssh2Connection>();

  let failed = false;
  /** Rejects with the first failure; its reason may take a moment. */
  const fail = async (failure: TransportError | Promise<TransportError>): Promise<void> => {
    if (failed) return;
    failed = true;
    wait.stop();
    const error = await failure;
    settled.reject(error);
    client.destroy();
  };
  const wait = connectTimer(
    connectTimeoutMs(resolved),
    () =>
      void fail(
        new TransportError(`Connection timed out during SSH handshake: ${host} port ${resolved.port}`, {
          fix: 'check that this is an SSH port',
          retry: true,
        }),
      ),
  );
  const prompter: Prompter = {
    secret: (question) => wait.suspended(deps.prompter.secret(question)),
    confirm: (question) => wait.suspended(deps.prompter.confirm(question)),
    notify: deps.prompter.notify,
  };
  const auth = login(resolved, identities, prompter, () => void fail(auth.failure()));
  let alive: Keepalive | undefined;
  let algorithms: NegotiatedAlgorithms | undefined;
  let serverKex: string | undefined;
  const gone = (why: string): void => {
    alive?.stop();
    events.lose(refused?.message ?? why);
  };

  // Runs again on every rekey.
  const isTrusted = async (key: Buffer): Promise<boolean> => {
    try {
      await wait.suspended(hostKey.check(key));
      return true;
    } catch (error) {
      refused = error instanceof TransportError ? error : new TransportError(plain(String(error)));
      return false;
    }
  };

  const nextStep: typeof auth.next = (left, partial, next) => {
    wait.renew();
    auth.next(left, partial, next);
  };

  const showBanner = bannerTo(deps.prompter);
  client.on('banner', (text) => {
    showBanner(text);
    auth.banner(text);
  });
  // Steps, not bytes, restart the timer: a server may send data forever.
  client.on('handshake', ({ kex, serverHostKey, sc }) => {
    algorithms ??= { kex, hostKey: serverHostKey, cipher: sc.cipher, compression: sc.compress };
    if (alive === undefined) wait.renew(LOGIN_STEP_MS);
  });
  client.on('ready', () => {
    wait.stop();
    // Not before: a probe during the key exchange would break it.
    const watch = keepalive({
      probe: () => ping(client),
      silence: events.silence,
      lost: (silentMs) => {
        events.lose(unresponsive(silentMs));
        socket.close();
      },
    });
    alive = watch;
    settled.resolve({
      client,
      events,
      keepalive: watch,
      algorithms,
      close: () => close(client, socket, events, watch),
    });
  });
  client.on('error', (error: Error & { readonly level?: string }) => {
    // Error of a pending signature; ssh2 continues with the next method by itself.
    if (error.message.endsWith(SIGNATURE_PENDING)) return;
    if (alive === undefined) return void fail(refused ?? explain(error, resolved, socket, auth, serverKex));
    gone(plain(error.message));
    socket.close();
  });
  client.on('close', () => {
    if (alive !== undefined) return gone('Connection closed by remote host');
    void fail(refused ?? auth.interrupted() ?? closedEarly(resolved, socket));
  });
  client.on('change password', () => void fail(passwordExpired(resolved)));
  // The host may have closed the connection meanwhile; ssh2 would wait for an event that has passed.
  if (socket.stream.destroyed || socket.stream.readableEnded) {
    void fail(closedEarly(resolved, socket));
    return settled.promise;
  }
  // Paused until ssh2 listens.
  socket.stream.pause();
  socket.stream.on('data', () => alive?.received());
  client.connect({
    sock: socket.stream,
    username: resolved.user,
    algorithms: offered.algorithms,
    readyTimeout: 0,
    keepaliveInterval: 0,
    agentForward: false,
    debug: (line: string) => {
      serverKex ??= /^Handshake: \(remote\) KEX method: (.*)/.exec(line)?.[1];
      if (alive === undefined) deps.debug?.(line);
    },
    hostVerifier: (key: Buffer, verify: (ok: boolean) => void) => {
      void isTrusted(key).then(verify);
    },
    // The types lack null (nothing tried yet) and false (no further method); the library documents both.
    authHandler: nextStep as unknown as NonNullable<Parameters<Client['connect']>[0]['authHandler']>,
  });
  return settled.promise;
}

interface Ssh2Internals {
  readonly _protocol?: { readonly ping: () => void };
  readonly _callbacks?: (() => void)[];
}

/** Sends keepalive@openssh.com, which any SSH server replies to. ssh2 has no public method for it. */
function ping(client: Client): void {
  const { _protocol: protocol, _callbacks: callbacks } = client as unknown as Ssh2Internals;
  // The reply takes the next callback of the list.
  callbacks?.push(() => undefined);
  protocol?.ping();
}

function close(client: Client, socket: SshSocket, events: ConnectionEvents, alive: Keepalive): Promise<void> {
  alive.stop();
  return new Promise((settle) => {
    const done = (): void => {
      clearTimeout(timer);
      socket.close();
      settle();
    };
    const timer = setTimeout(done, CLOSE_TIMEOUT_MS);
    if (events.lostWhy() !== undefined) return done();
    events.lose('closed');
    client.once('close', done);
    client.end();
  });
}
