import type { HaproxyLine, HaproxyProcess } from '../../sources/databases/haproxy.ts';

/** A failed check; not one that a person took out (MAINT, DRAIN). */
const isDown = ({ status }: HaproxyLine): boolean => status.startsWith('DOWN');

export interface HaproxyBackend {
  readonly backend: HaproxyLine;
  readonly servers: readonly HaproxyLine[];
  readonly down: readonly HaproxyLine[];
  readonly severity: 'crit' | 'warn' | undefined;
}

/** Backends with their servers, as far as they are listed. */
export function backendsOf({ lines }: HaproxyProcess): readonly HaproxyBackend[] {
  const servers = new Map<string, HaproxyLine[]>();
  for (const line of lines)
    if (line.kind === 'server') {
      const known = servers.get(line.proxy);
      if (known) known.push(line);
      else servers.set(line.proxy, [line]);
    }
  return lines.flatMap((backend) => {
    if (backend.kind !== 'backend') return [];
    const own = servers.get(backend.proxy) ?? [];
    const down = own.filter((one) => isDown(one));
    return [{ backend, servers: own, down, severity: isDown(backend) ? ('crit' as const) : down.length > 0 ? ('warn' as const) : undefined }]; // prettier-ignore
  });
}

/** Severity of a line by its status: a backend without a server that is up, a server of which the check fails. */
export const lineSeverity = (line: HaproxyLine): 'crit' | 'warn' | undefined =>
  line.kind === 'frontend' || !isDown(line) ? undefined : line.kind === 'backend' ? 'crit' : 'warn';
