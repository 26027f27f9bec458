import { type ChildProcess, spawn } from 'node:child_process';
import { type AddressInfo, connect } from 'node:net';
import ssh2, { type AuthContext, type Connection, type ServerConfig, type Session } from 'ssh2';

/** Options of the server. Commands run on this machine in `sh -c`, with the rights of the test. */
export interface SshServerOptions {
  /** Private host keys. Default: one new ed25519 key. */
  readonly hostKeys?: readonly string[];
  /** Default: a free port. */
  readonly port?: number;
  readonly banner?: string;
  readonly algorithms?: ServerConfig['algorithms'];
  /** Accepted public keys, OpenSSH format. */
  readonly authorizedKeys?: readonly string[];
  readonly password?: string;
  /** Rounds of keyboard-interactive prompts, with the correct answers. */
  readonly keyboard?: readonly {
    readonly prompts: readonly { prompt: string; echo: boolean }[];
    readonly answers: readonly string[];
  }[];
  /** Requires a key and then a password, like `AuthenticationMethods publickey,password`. */
  readonly twoFactors?: boolean;
  /** Sessions at a time on one connection; Default: 10. */
  readonly maxSessions?: number;
  /** Leaves session opens without a reply. */
  readonly stallOpen?: boolean;
  /** Command that replaces the command of every exec request. */
  readonly forcedCommand?: string;
}

export interface SshServer {
  readonly port: number;
  /** Public host keys, `type base64`. */
  readonly hostKeys: readonly string[];
  /** Authentication methods (`none`, `publickey`, …) in the order of the attempts. */
  readonly authTried: readonly string[];
  readonly execs: readonly string[];
  readonly connections: () => number;
  /** Starts a key exchange on every connection, as RekeyLimit does. */
  readonly rekey: () => void;
  /** Starts a key exchange on every connection, with another private host key of the same type. */
  readonly rekeyAs: (hostKey: string) => void;
  readonly close: () => Promise<void>;
}

/** New key pair: private in OpenSSH format, public as `type base64`. */
export function keyPair(type: 'ed25519' | 'rsa' = 'ed25519', passphrase?: string): { private: string; public: string } {
  const lock = passphrase === undefined ? undefined : { passphrase, cipher: 'aes256-cbc', rounds: 4 };
  const pair =
    type === 'rsa'
      ? ssh2.utils.generateKeyPairSync('rsa', { bits: 2048, ...lock })
      : lock === undefined
        ? ssh2.utils.generateKeyPairSync('ed25519')
        : ssh2.utils.generateKeyPairSync('ed25519', lock);
  // About 3 in 1000 ed25519 keys of ssh2 are not readable (a zero byte is lost).
  if (
    ssh2.utils.parseKey(pair.private, passphrase) instanceof Error ||
    ssh2.utils.parseKey(pair.public) instanceof Error
  )
    return keyPair(type, passphrase);
  return { private: pair.private, public: pair.public.split(' ').slice(0, 2).join(' ') };
}

/** SSH server in this process on a loopback port. */
export async function sshServer(options: SshServerOptions = {}): Promise<SshServer> {
  const hostKeys = options.hostKeys ?? [keyPair().private];
  const authTried: string[] = [];
  const execs: string[] = [];
  const clients = new Set<Connection>();
  const children = new Set<ChildProcess>();
  const config: ServerConfig = {
    hostKeys: [...hostKeys],
    ...(options.banner === undefined ? {} : { banner: options.banner }),
    ...(options.algorithms === undefined ? {} : { algorithms: options.algorithms }),
  };
  const server = new ssh2.Server(config, (client) => {
    clients.add(client);
    client.on('close', () => clients.delete(client));
    client.on('error', () => undefined);
    let keyAccepted = false;
    client.on('authentication', (context) => {
      authTried.push(context.method);
      authenticate(context, options, keyAccepted, () => {
        keyAccepted = true;
      });
    });
    client.on('ready', () => serve(client, options, execs, children));
  });
  await new Promise<void>((settle) => {
    server.listen(options.port ?? 0, '127.0.0.1', settle);
  });
  return {
    port: (server.address() as AddressInfo).port,
    hostKeys: hostKeys.map(publicHalf),
    authTried,
    execs,
    connections: () => clients.size,
    rekey: () => {
      for (const client of clients) client.rekey();
    },
    rekeyAs: (hostKey) => {
      const parsed = ssh2.utils.parseKey(hostKey);
      if (parsed instanceof Error) throw parsed;
      for (const client of clients) {
        // ssh2 has no public method for it: the server keeps its keys by their type.
        const { _protocol: protocol } = client as unknown as { readonly _protocol: object };
        Object.assign(protocol, { _hostKeys: { [parsed.type]: parsed } });
        client.rekey();
      }
    },
    close: async () => {
      for (const child of children) child.kill('SIGKILL');
      for (const client of clients) client.end();
      await new Promise<void>((settle) => {
        server.close(() => settle());
      });
    },
  };
}

function publicHalf(key: string): string {
  const parsed = ssh2.utils.parseKey(key);
  if (parsed instanceof Error) throw parsed;
  return `${parsed.type} ${parsed.getPublicSSH().toString('base64')}`;
}

function authenticate(
  context: AuthContext,
  options: SshServerOptions,
  keyAccepted: boolean,
  accepted: () => void,
): void {
  const ways: ('publickey' | 'password' | 'keyboard-interactive')[] = [];
  if (options.authorizedKeys !== undefined && !keyAccepted) ways.push('publickey');
  if (options.password !== undefined && (options.twoFactors !== true || keyAccepted)) ways.push('password');
  if (options.keyboard !== undefined) ways.push('keyboard-interactive');
  switch (context.method) {
    case 'publickey': {
      const shown = `${context.key.algo.startsWith('rsa') ? 'ssh-rsa' : context.key.algo} ${context.key.data.toString('base64')}`;
      if (options.authorizedKeys?.includes(shown) !== true) return context.reject(ways);
      if (context.signature === undefined) return context.accept();
      const key = ssh2.utils.parseKey(shown);
      if (key instanceof Error || !key.verify(context.blob ?? Buffer.alloc(0), context.signature, context.hashAlgo))
        return context.reject(ways);
      accepted();
      return options.twoFactors === true ? context.reject(['password'], true) : context.accept();
    }
    case 'password':
      return context.password === options.password && ways.includes('password')
        ? context.accept()
        : context.reject(ways);
    case 'keyboard-interactive': {
      const rounds = options.keyboard ?? [];
      const ask = (index: number): void => {
        const round = rounds[index];
        if (round === undefined) return context.accept();
        context.prompt([...round.prompts], 'One moment', 'please \u001B]0;title\u0007', (answers) => {
          if (JSON.stringify(answers) === JSON.stringify(round.answers)) ask(index + 1);
          else context.reject(ways);
        });
      };
      return rounds.length === 0 ? context.reject(ways) : ask(0);
    }
    case 'none':
    case 'hostbased':
      return context.reject(ways);
  }
}

function serve(client: Connection, options: SshServerOptions, execs: string[], children: Set<ChildProcess>): void {
  let sessions = 0;
  client.on('session', (accept, reject) => {
    if (options.stallOpen === true) return;
    if (sessions >= (options.maxSessions ?? 10)) return reject();
    sessions++;
    const session: Session = accept();
    session.on('close', () => sessions--);
    session.on('exec', (acceptExec, _reject, { command }) => {
      execs.push(command);
      const channel = acceptExec();
      const child = spawn('/bin/sh', ['-c', options.forcedCommand ?? command], { stdio: 'pipe' });
      children.add(child);
      channel.on('error', () => undefined);
      child.stdin.on('error', () => undefined);
      channel.pipe(child.stdin);
      child.stdout.pipe(channel, { end: false });
      child.stderr.pipe(channel.stderr, { end: false });
      child.on('close', (code, signal) => {
        children.delete(child);
        if (code === null) channel.exit(signal ?? 'KILL', false, '');
        else channel.exit(code);
        channel.end();
      });
    });
  });
  // Jump host that connects to this machine only.
  client.on('tcpip', (accept, reject, { destIP, destPort }) => {
    const target = connect(destPort, destIP === 'localhost' ? '127.0.0.1' : destIP);
    target.on('error', () => reject());
    target.on('connect', () => {
      const channel = accept();
      channel.on('error', () => undefined);
      channel.pipe(target).pipe(channel);
      target.removeAllListeners('error').on('error', () => channel.end());
    });
  });
}
