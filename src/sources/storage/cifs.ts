import { lines, toCount } from '../../lib/lines.ts';
import { named } from '../../redact/identifier.ts';
import { defineSource } from '../source.ts';

/**
 * SMB client of the kernel: fs/smb/client/cifs_debug.c. Servers with their connection, shares with what went over it. Sessions below a
 * server and extra channels are left out; older kernels have no `Hostname`, and one number of credits.
 *
 *     1) ConnectionId: 0x4 Hostname: nas
 *     Number of credits: 389,1,1 Dialect 0x311 signed
 *     TCP status: 1 Instance: 22
 *     Local Users To Server: 1 SecMode: 0x3 Req On Wire: 0 Net namespace: 4026531840
 *     In Send: 0 In MaxReq Wait: 0
 */
export const cifs = defineSource({
  id: 'cifs',
  title: 'SMB servers and shares',
  why: 'Shows reconnects, credits and requests in flight of SMB (CIFS) mounts.',
  // Kernels before 6.9 without the stable fixes may read a session that is being freed (CVE-2024-35867): rarely, then.
  everySeconds: 60,
  countsSince: 'boot',
  reads: {
    debug: { kind: 'file', path: '/proc/fs/cifs/DebugData' },
    stats: { kind: 'file', path: '/proc/fs/cifs/Stats' },
  },
  parse: ({ debug, stats }): CifsClient | undefined =>
    debug === undefined && stats === undefined
      ? undefined
      : { servers: debug === undefined ? [] : parseServers(debug), ...parseStats(stats ?? '') },
  identifiers: (sample) =>
    named('host', [
      ...(sample?.servers.flatMap(({ name, address }) => [name, address]) ?? []),
      ...(sample?.shares.map(({ name }) => /^\\\\([^\\]+)/.exec(name)?.[1]) ?? []),
    ]),
});

export interface CifsServer {
  /** By the kernel, unique while it is connected: `0x4`, or its number in the list. */
  readonly connection: string;
  /** Name, or the address on kernels that have no name. */
  readonly name: string;
  readonly address: string | undefined;
  /** `0x311` is SMB 3.1.1. */
  readonly dialect: string | undefined;
  readonly state: CifsState | undefined;
  /** Connections so far: 1, and 1 for each reconnect. */
  readonly instance: number | undefined;
  /** Requests that the server lets the client send. */
  readonly credits: number | undefined;
  readonly inFlight: number | undefined;
  /** Threads that wait for credits. */
  readonly waiting: number | undefined;
}

/** `enum statusEnum` of cifsglob.h, in its order. */
const STATES = ['new', 'good', 'exiting', 'need reconnect', 'need negotiate', 'in negotiate'] as const;
export type CifsState = (typeof STATES)[number];

export interface CifsShare {
  /** `\\nas\share`. */
  readonly name: string;
  readonly isDisconnected: boolean;
  readonly requests: number | undefined;
  readonly readBytes: number | undefined;
  readonly writtenBytes: number | undefined;
  /** Requests of all kinds that failed. */
  readonly failed: number;
}

export interface CifsClient {
  readonly servers: readonly CifsServer[];
  readonly sessionReconnects: number | undefined;
  readonly shareReconnects: number | undefined;
  readonly shares: readonly CifsShare[];
}

const MOST = 512;

type Mutable<Type> = { -readonly [Key in keyof Type]: Type[Key] };

function parseServers(text: string): readonly CifsServer[] {
  const found: Mutable<CifsServer>[] = [];
  for (const line of lines(text)) {
    // Sessions and shares below a server are numbered too, and indented.
    const [, number, rest = ''] = /^(\d{1,6})\) (?=ConnectionId|Name|Hostname)(.*)$/.exec(line) ?? [];
    if (number !== undefined) {
      if (found.length >= MOST) break;
      const connection = /ConnectionId: (\S+)/.exec(rest)?.[1] ?? number;
      const name = /(?:Hostname|Name): (\S+)/.exec(rest)?.[1] ?? '';
      found.push({ connection, name, address: undefined, dialect: undefined, state: undefined, instance: undefined, credits: undefined, inFlight: undefined, waiting: undefined }); // prettier-ignore
      continue;
    }
    const server = found.at(-1);
    if (server === undefined) continue;
    const address = /^\s+\d{1,6}\) (?:Address|Name): (\S+)/.exec(line)?.[1];
    if (address !== undefined) server.address ??= address;
    // Extra channels of a session have the same lines, indented.
    if (/^\s/.test(line)) continue;
    const figure = (form: RegExp) => toCount(form.exec(line)?.[1]);
    server.credits ??= figure(/Number of credits: (\d+)/);
    server.dialect ??= /Dialect (0x[0-9a-f]{1,4})\b/.exec(line)?.[1];
    const status = figure(/TCP status: (\d+)/);
    if (status !== undefined) server.state ??= STATES[status];
    server.instance ??= figure(/Instance: (\d+)/);
    server.inFlight ??= figure(/Req On Wire: (\d+)/);
    server.waiting ??= figure(/In MaxReq Wait: (\d+)/);
  }
  return found.map((server) => ({ ...server, name: server.name || (server.address ?? server.connection) }));
}

/**
 *     0 session 0 share reconnects
 *     1) \\nas\share	DISCONNECTED
 *     SMBs: 214
 *     Bytes read: 502092  Bytes written: 31457286
 *     Creates: 52 total 1 failed
 */
function parseStats(text: string): Omit<CifsClient, 'servers'> {
  const shares: Mutable<CifsShare>[] = [];
  const reconnects = /^(\d+) session (\d+) share reconnects/m.exec(text);
  for (const line of lines(text)) {
    const [, name, disconnected] = /^\d{1,6}\) (\\\\\S{1,1024})(\s+DISCONNECTED)?/.exec(line) ?? [];
    if (name !== undefined) {
      if (shares.length >= MOST) break;
      shares.push({ name, isDisconnected: disconnected !== undefined, requests: undefined, readBytes: undefined, writtenBytes: undefined, failed: 0 }); // prettier-ignore
    }
    const share = shares.at(-1);
    if (share === undefined) continue;
    const figure = (form: RegExp) => toCount(form.exec(line)?.[1]);
    share.requests ??= figure(/^SMBs: (\d+)/);
    // SMB 1 and kernels before 4.19: `Reads:  1500 Bytes: 4915200`.
    share.readBytes ??= figure(/^(?:Bytes read:|Reads:\s+\d+ Bytes:?) (\d+)/);
    share.writtenBytes ??= figure(/(?:Bytes written:|^Writes:\s+\d+ Bytes:?) (\d+)/);
    share.failed += figure(/ (\d+) failed$/) ?? 0;
  }
  return { sessionReconnects: toCount(reconnects?.[1]), shareReconnects: toCount(reconnects?.[2]), shares };
}
