import attachFront from './crashcart_attach/front.py?raw';
import attachEnter from './crashcart_attach/enter.py?raw';
import attachGuard from './crashcart_attach/guard.py?raw';
import cgroups from './crashcart_collector/cgroups.py?raw';
import children from './crashcart_collector/children.py?raw';
import hangs from './crashcart_collector/hangs.py?raw';
import loop from './crashcart_collector/loop.py?raw';
import processes from './crashcart_collector/processes.py?raw';
import readers from './crashcart_collector/readers.py?raw';
import reads from './crashcart_collector/reads.py?raw';
import sockets from './crashcart_collector/sockets.py?raw';
import tables from './crashcart_collector/tables.py?raw';
import threads from './crashcart_collector/threads.py?raw';

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
