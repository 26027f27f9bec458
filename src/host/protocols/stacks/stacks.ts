import { ProgramConnection } from '../program-connection.ts';
import type { Protocol } from '../protocol.ts';
import program from './crashcart_stacks/__main__.py?program';

/** Address of the program on the host. */
const HERE = 'stacks:processes';

const READ = /^read [1-9]\d{0,9} (?:\d{1,20}|-)$/;

/**
 * Stacks of processes of the host, by one small Python program that reads their memory and keeps what it found out about each. The first
 * request starts it.
 */
export const stacks: Protocol = {
  name: 'stacks',
  what: 'stacks of one process while their page is open, from /proc/PID/mem and /proc/PID/task (stat, status, wchan, stack), without a stop or a signal; needs root or the same user',
  argv: () => ['/usr/bin/python3', '-I', '-u', '-c', program],
  refusal: (to, request) =>
    to === HERE && READ.test(request) ? undefined : `${to} < ${request}: no request of stacks`,
  allowed: [
    'stacks:processes: read PID START, kernel and runtime frames of all threads (up to 5 000), and of goroutines; up to 96 MiB of memory, 1 s of CPU time and 3 s per reading. Frames leave the host, no other memory',
  ],
  // One request at a time of each process: a read of one whose memory map is locked hangs.
  connect: (dial) => new ProgramConnection(dial, (request) => request.split(' ', 2).join(' ')),
};
