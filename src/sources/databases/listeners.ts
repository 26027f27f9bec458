import type { DaemonGlobRead, DaemonReply, ProtocolName } from '../../host/host.ts';
import { listenerOf } from '../../lib/listener-name.ts';

/** Server that was found by its process. */
export type ListenerServer<State> = { readonly pid: number } & (
  | { readonly at: number | undefined; readonly state: State }
  | { readonly missing: DaemonReply & { readonly ok: false } }
);

/** Servers of an engine by their names: `redis:6379`, `haproxy:admin.sock`, with the pid where two have the same. */
export type ListenerServers<State> = ReadonlyMap<string, ListenerServer<State>>;

/** Read of what each process of a command listens on: a port, else unix sockets. `port`: that one. */
export const listening = (
  dialect: ProtocolName,
  command: string,
  request: string,
  port?: number,
): DaemonGlobRead => ({
  kind: 'talks',
  dialect,
  pattern: `listening:${command}:*${port === undefined ? '' : `:${port}`}`,
  request,
  as: 'root',
  timeoutMs: 4000,
}); // prettier-ignore

/** Read of the unix sockets of each process of a command. */
export const listeningUnix = (dialect: ProtocolName, command: string, request: string): DaemonGlobRead => ({
  ...listening(dialect, command, request),
  pattern: `unix:${command}:*`,
});

/** Servers by their replies; undefined where nothing was read. `of` has no state of a reply that is not of such a server. */
export function listenerServers<State>(
  engine: string,
  replies: readonly (ReadonlyMap<string, DaemonReply> | undefined)[],
  of: (text: string, path: string) => State | undefined,
): ListenerServers<State> | undefined {
  if (replies.every((one) => one === undefined)) return undefined;
  const servers = new Map<string, ListenerServer<State>>();
  for (const [path, reply] of replies.flatMap((one) => [...(one ?? [])])) {
    const listener = listenerOf(path);
    if (listener === undefined) continue;
    const { pid, address } = listener;
    const short = `${engine}:${address.slice(Math.max(address.lastIndexOf('/'), address.lastIndexOf(':')) + 1)}`;
    const name = servers.has(short) ? `${short}@${pid}` : short;
    const state = reply.ok ? of(reply.text, path) : undefined;
    if (!reply.ok) servers.set(name, { pid, missing: reply });
    else if (state !== undefined) servers.set(name, { pid, at: reply.at, state });
  }
  return servers;
}

/** Figure of a text; undefined for one that is not a number from 0 up. */
export function figureOf(text: string | undefined): number | undefined {
  const value = text === undefined || text.trim() === '' ? Number.NaN : Number(text);
  return Number.isFinite(value) && value >= 0 ? value : undefined;
}
