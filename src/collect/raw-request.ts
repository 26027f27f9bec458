import { keyOf, type Read } from '../host/host.ts';
import { shellCommand } from '../lib/shell-quote.ts';

/** Exact request of a read: command line, path, pattern. */
export function requestText(read: Read): string {
  const user = read.as === 'root' ? 'root: ' : '';
  switch (read.kind) {
    case 'file':
      return `${user}file ${read.path}`;
    case 'glob':
      return `${user}files ${read.pattern}${read.links ? ' (links)' : ''}`;
    case 'run':
      return `${user}command ${shellCommand(read.argv)}`;
    case 'talk':
      return `${user}${read.dialect} ${read.to}, request ${read.request}`;
    case 'talks':
      return `${user}${read.dialect} ${read.pattern}, request ${read.request}`;
    case 'processes':
      return `${user}process table: /proc/[0-9]*/stat and related files`;
    case 'limits':
      return `${user}limits of processes: ${keyOf(read)} and the number of entries of fd`;
    case 'cgroups':
      return `${user}cgroups of containers, pods and guests below /sys/fs/cgroup`;
    case 'threads':
      return `${user}threads of ${read.commands.join(', ')}: ${keyOf(read)}`;
    case 'statfs':
      return `${user}statfs ${read.path}`;
    case 'mounts':
      return `${user}${keyOf(read)}`;
    case 'inventory':
      return 'systeminformation on this machine';
  }
}
