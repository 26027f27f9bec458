import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, type Socket, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { type Keyring, createKeyring } from '../../src/host/ssh/connection.ts';
import { type SshConfig, parseSshConfig } from '../../src/host/ssh/ssh-config.ts';
import { directSocket } from '../../src/host/ssh/socket.ts';
import { connectSsh2 } from '../../src/host/ssh/ssh2-transport.ts';
import type { Transport } from '../../src/host/transport.ts';
import { type ScriptedPrompter, scriptedPrompter } from './scripted-prompter.ts';
import { type SshServer, type SshServerOptions, keyPair, sshServer } from './ssh-server.ts';

/** Home directory of the engineer, and the servers and connections that one test opened. */
export interface SshReach {
  readonly folder: string;
  /** Registers a resource that `end` closes, the last one first. */
  readonly keep: <Kept extends { readonly close: () => Promise<void> }>(kept: Kept) => Kept;
  readonly server: (options: SshServerOptions) => Promise<SshServer>;
  /** A server that accepts a new key, written to the file `id` in the folder. */
  readonly serverWithKey: (options?: SshServerOptions, passphrase?: string) => Promise<SshServer>;
  /** Settings as from ssh -G; known_hosts has the server by default. */
  readonly resolved: (to: SshServer | number, more?: Partial<SshConfig>, known?: boolean) => SshConfig;
  readonly connected: (to: SshConfig, prompter?: ScriptedPrompter, keyring?: Keyring) => Promise<Transport>;
  /** TCP server without SSH. */
  readonly listening: (
    respond: (socket: Socket) => void,
  ) => Promise<{ readonly port: number; readonly close: () => Promise<void> }>;
  readonly end: () => Promise<void>;
}

export function sshReach(): SshReach {
  const folder = mkdtempSync(join(tmpdir(), 'crashcart-test-'));
  const opened: { readonly close: () => Promise<void> }[] = [];
  const local = { home: folder, user: 'me', agentSocket: undefined, environment: () => undefined };
  const reach: SshReach = {
    folder,
    keep: (kept) => {
      opened.unshift(kept);
      return kept;
    },
    server: async (options) => reach.keep(await sshServer(options)),
    serverWithKey: async (options = {}, passphrase) => {
      const pair = keyPair('ed25519', passphrase);
      writeFileSync(join(folder, 'id'), pair.private, { mode: 0o600 });
      return reach.server({ authorizedKeys: [pair.public], ...options });
    },
    resolved: (to, more = {}, known = true) => {
      const port = typeof to === 'number' ? to : to.port;
      const hosts = join(folder, 'known_hosts');
      if (known && typeof to !== 'number')
        writeFileSync(hosts, to.hostKeys.map((key) => `[127.0.0.1]:${port} ${key}\n`).join(''));
      const settings = `hostname 127.0.0.1\nport ${port}\nuser support\nidentityfile ${folder}/id\nuserknownhostsfile ${hosts}\nglobalknownhostsfile none`;
      return { ...parseSshConfig(settings, '127.0.0.1', local), ...more };
    },
    connected: async (to, prompter = scriptedPrompter(), keyring = createKeyring()) =>
      reach.keep(await connectSsh2(to, await directSocket(to), { prompter, keyring })),
    listening: async (respond) => {
      const sockets = new Set<Socket>();
      const server = createServer((socket) => {
        sockets.add(socket.on('error', () => undefined));
        respond(socket);
      });
      await new Promise<void>((settle) => {
        server.listen(0, '127.0.0.1', settle);
      });
      const close = async (): Promise<void> => {
        for (const socket of sockets) socket.destroy();
        await new Promise((settle) => server.close(settle));
      };
      return reach.keep({ port: (server.address() as AddressInfo).port, close });
    },
    end: async () => {
      for (const one of opened.splice(0)) await one.close();
      rmSync(folder, { recursive: true });
    },
  };
  return reach;
}

/** Output and exit code of a command with empty stdin. */
export async function output(
  transport: Transport,
  command: string,
): Promise<{ readonly out: string; readonly err: string; readonly code: number | undefined }> {
  const pipe = await transport.exec(command);
  pipe.stdin.end();
  const [out, err, code] = await Promise.all([text(pipe.stdout), text(pipe.stderr), pipe.exited]);
  return { out, err, code };
}

/** Reason of the connection's loss, when it is lost. */
export const lost = (transport: Transport): Promise<string> =>
  new Promise((settle) => {
    transport.onLost(settle);
  });
