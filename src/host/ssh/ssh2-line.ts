import ssh2, { type Client } from 'ssh2';
import { plain } from '../../lib/plain.ts';
import { TransportError } from '../transport.ts';
import type { Prompter } from '../prompter.ts';
import { offer } from './algorithms.ts';
import { login } from './auth.ts';
import { bannerTo } from './banner.ts';
import type { Keyring } from './connection.ts';
import { type HostKeyCheck, hostKeyCheck } from './host-key-check.ts';
import { findIdentities } from './identities.ts';
import { SIGNATURE_PENDING } from './key-trial.ts';
import { type Keepalive, keepalive } from './keepalive.ts';
import { type LineEvents, lineEvents } from './line-events.ts';
import { patience } from './connect-timeout.ts';
import type { Resolved } from './resolved.ts';
import { type Wire, connectTimeoutMs } from './socket.ts';
import { NoCommonAlgorithm, closedEarly, explain, passwordExpired } from './ssh2-errors.ts';

/** Time for a goodbye before the socket is dropped. */
const CLOSE_TIMEOUT_MS = 1000;
/** A step of the login may wait for a directory service or a punishing delay. */
const LOGIN_STEP_MS = 60_000;

/** A logged-in client: what a jump host forwards through, and what a transport runs on. */
export interface Ssh2Line {
  readonly client: Client;
  readonly events: LineEvents;
  readonly keepalive: Keepalive;
  readonly close: () => Promise<void>;
}

/** Handshake, host key, login. Rejects with a TransportError; the wire is closed then. */
export async function openLine(
  resolved: Resolved,
  wire: Wire,
  deps: { readonly prompter: Prompter; readonly keyring: Keyring },
): Promise<Ssh2Line> {
  try {
    const check = await hostKeyCheck(resolved, deps.prompter, deps.keyring);
    return await handshake(resolved, wire, check, deps);
  } catch (error) {
    wire.close();
    if (error instanceof TransportError) throw error;
    throw new TransportError(`The SSH library failed: ${plain(String(error))}.`, { cause: error });
  }
}

async function handshake(
  resolved: Resolved,
  wire: Wire,
  hostKey: HostKeyCheck,
  deps: { readonly prompter: Prompter; readonly keyring: Keyring },
): Promise<Ssh2Line> {
  const offered = offer(resolved, hostKey.knownTypes);
  if (!offered.ok)
    throw new NoCommonAlgorithm(`ssh2 can do none of the ${offered.setting} that the configuration allows.`, {
      mend: 'Connect with --transport openssh.',
    });
  const identities = await findIdentities(resolved, deps.prompter, deps.keyring);
  const client = new ssh2.Client();
  const events = lineEvents();
  const host = plain(resolved.hostname);
  let refused: TransportError | undefined;
  const settled = Promise.withResolvers<Ssh2Line>();

  let given = false;
  /** The first failure counts; why the way failed may take a moment to learn. */
  const give = async (failure: TransportError | Promise<TransportError>): Promise<void> => {
    if (given) return;
    given = true;
    wait.stop();
    const error = await failure;
    settled.reject(error);
    client.destroy();
  };
  const wait = patience(
    connectTimeoutMs(resolved),
    () =>
      void give(
        new TransportError(`${host} answers on port ${resolved.port}, but the SSH handshake does not move on.`, {
          mend: 'Is this really an SSH port?',
          retry: true,
        }),
      ),
  );
  const asking: Prompter = {
    secret: (question) => wait.suspended(deps.prompter.secret(question)),
    confirm: (question) => wait.suspended(deps.prompter.confirm(question)),
    tell: deps.prompter.tell,
  };
  const auth = login(resolved, identities, asking, () => void give(auth.failure()));
  let alive: Keepalive | undefined;
  const gone = (why: string): void => {
    alive?.stop();
    events.lose(refused?.message ?? why);
  };

  // Runs again on every rekey; the verdict is kept by the bytes of the key.
  const judged = async (key: Buffer): Promise<boolean> => {
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

  client.on('banner', bannerTo(deps.prompter));
  // Steps, not bytes: a server that talks for ever is not moving on.
  client.on('handshake', () => {
    if (alive === undefined) wait.renew(LOGIN_STEP_MS);
  });
  client.on('ready', () => {
    wait.stop();
    // Not before: while a person is being asked the far side waits, and a probe would break the key exchange.
    const watch = keepalive({
      probe: () => ping(client),
      silence: events.silence,
      lost: (silentMs) => {
        events.lose(`nothing was heard for ${Math.round(silentMs / 1000)} s`);
        wire.close();
      },
    });
    alive = watch;
    settled.resolve({ client, events, keepalive: watch, close: () => close(client, wire, events, watch) });
  });
  client.on('error', (error: Error & { readonly level?: string }) => {
    // Said by a key whose signature is still being made; ssh2 asks what to do next by itself.
    if (error.message.endsWith(SIGNATURE_PENDING)) return;
    if (alive === undefined) return void give(refused ?? explain(error, resolved, wire, auth.failure));
    gone(plain(error.message));
    wire.close();
  });
  client.on('close', () => {
    if (alive !== undefined) return gone('the host closed the connection');
    void give(refused ?? closedEarly(resolved, wire));
  });
  client.on('change password', () => void give(passwordExpired(resolved)));
  // While keys were looked for the host may have hung up; ssh2 would wait for an end that is over.
  if (wire.stream.destroyed || wire.stream.readableEnded) {
    void give(closedEarly(resolved, wire));
    return settled.promise;
  }
  // Held until ssh2 listens as well.
  wire.stream.pause();
  wire.stream.on('data', () => alive?.heard());
  client.connect({
    sock: wire.stream,
    username: resolved.user,
    algorithms: offered.algorithms,
    readyTimeout: 0,
    keepaliveInterval: 0,
    agentForward: false,
    hostVerifier: (key: Buffer, verify: (ok: boolean) => void) => {
      void judged(key).then(verify);
    },
    // The typings know neither null (nothing tried yet) nor false (give up); the library documents both.
    authHandler: nextStep as unknown as NonNullable<Parameters<Client['connect']>[0]['authHandler']>,
  });
  return settled.promise;
}

interface Inner {
  readonly _protocol?: { readonly ping: () => void };
  readonly _callbacks?: (() => void)[];
}

/** keepalive@openssh.com: any SSH server answers, if only with a refusal. ssh2 offers no public way to send one. */
function ping(client: Client): void {
  const { _protocol: protocol, _callbacks: callbacks } = client as unknown as Inner;
  // The answer takes the next callback of the list, so one has to stand there.
  callbacks?.push(() => undefined);
  protocol?.ping();
}

function close(client: Client, wire: Wire, events: LineEvents, alive: Keepalive): Promise<void> {
  alive.stop();
  return new Promise((settle) => {
    const done = (): void => {
      clearTimeout(timer);
      wire.close();
      settle();
    };
    const timer = setTimeout(done, CLOSE_TIMEOUT_MS);
    if (events.lostWhy() !== undefined) return done();
    events.lose('closed');
    client.once('close', done);
    client.end();
  });
}
