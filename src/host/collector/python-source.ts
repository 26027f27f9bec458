import attachFront from './attach.py?raw';
import attachEnter from './attach-enter.py?raw';
import attachGuard from './attach-guard.py?raw';
import cgroups from './cgroups.py?raw';
import children from './children.py?raw';
import hangs from './hangs.py?raw';
import loop from './loop.py?raw';
import processes from './processes.py?raw';
import readers from './readers.py?raw';
import reads from './reads.py?raw';
import sockets from './sockets.py?raw';
import tables from './tables.py?raw';
import threads from './threads.py?raw';

/** The collector, one Python program in ten readable parts, in the order in which they build on each other. */
export const collectorSource: string = [
  reads,
  hangs,
  processes,
  tables,
  cgroups,
  threads,
  readers,
  children,
  sockets,
  loop,
].join('\n\n');

/** The terminal of a person on the host, the guard that never leaves a traced process stopped, and the way into a container. */
export const attachSource: string = [attachGuard, attachEnter, attachFront].join('\n\n');
