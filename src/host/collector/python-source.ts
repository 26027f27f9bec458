import attachFront from './attach.py?raw';
import attachGuard from './attach-guard.py?raw';
import children from './children.py?raw';
import loop from './loop.py?raw';
import processes from './processes.py?raw';
import readers from './readers.py?raw';
import reads from './reads.py?raw';
import sockets from './sockets.py?raw';

/** The collector, one Python program in six readable parts, in the order in which they build on each other. */
export const collectorSource: string = [reads, processes, readers, children, sockets, loop].join('\n\n');

/** The terminal of a person on the host, and the guard that never leaves a traced process stopped. */
export const attachSource: string = [attachGuard, attachFront].join('\n\n');
