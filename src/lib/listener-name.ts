/**
 * Name of a socket on which a process of this host or of a container on it listens, as the collector finds it:
 * `listening:redis-server:812:127.0.0.1:6379`, `unix:haproxy:77:%2Frun%2Fhaproxy%2Fadmin.sock`. With `*` in the place of pid and address it
 * is a pattern: the lowest port of each process, else its unix sockets; with a port behind it that port.
 */
export interface ListenerName {
  readonly command: string;
  readonly pid: number;
  /** `127.0.0.1:6379`, or a path. */
  readonly address: string;
}

const NAME = /^(?:listening|unix):([\w.-]{1,15}):([1-9]\d{0,9}):([\w.:%-]{1,400})$/;

/** Undefined for another text, and for a pattern. */
export function listenerOf(name: string): ListenerName | undefined {
  const [, command, pid, address] = NAME.exec(name) ?? [];
  if (command === undefined || pid === undefined || address === undefined) return undefined;
  return { command, pid: Number(pid), address: pathOf(address) ?? address };
}

function pathOf(address: string): string | undefined {
  try {
    return decodeURIComponent(address);
  } catch {
    return undefined;
  }
}

/** Whether a text is a name or a pattern of one of these commands; of HTTP also with this port. */
export function isListenerOf(
  to: string,
  kind: 'listening' | 'unix',
  commands: readonly string[],
  port?: number,
): boolean {
  const [, command, rest = ''] = /^(?:listening|unix):([\w.-]{1,15}):(.*)$/s.exec(to) ?? [];
  if (command === undefined || !to.startsWith(`${kind}:`) || !commands.includes(command)) return false;
  const end = port === undefined ? '' : `:${port}`;
  return rest === `*${end}` || (listenerOf(to) !== undefined && rest.endsWith(end));
}
