import { DaemonError } from '../protocol.ts';
import type { Run } from '../cli-fallback.ts';

/** Timeout of ovs-appctl(8), which waits forever on a stopped daemon without `-T`; it ends by SIGALRM. */
const TIMEOUT = ['-T', '3'];
const SNAP = /^\/var\/snap\/([\w-]+)\//;

/**
 * Programs in order of preference: ovs-appctl works with any socket, also of OVN; ovn-appctl is the same program on a host
 * without Open vSwitch; a snap has one under its name.
 */
const programs = (snap: string | undefined): readonly string[] => [
  'ovs-appctl',
  'ovn-appctl',
  ...(snap === undefined ? [] : [`${snap}.ovs-appctl`, `${snap}.ovn-appctl`]),
];

/** Reply to one method by a fallback command. */
export async function byAppctl(run: Run, to: string, method: string, parameters: readonly string[]): Promise<string> {
  for (const program of programs(SNAP.exec(to)?.[1])) {
    const reading = await run([program, ...TIMEOUT, '-t', to, method, ...parameters]);
    if (reading.ok) return reading.value;
    if (reading.why !== 'absent') throw new DaemonError(reading.why, `${method}: ${reading.detail}`);
  }
  throw new DaemonError('absent', 'no ovs-appctl');
}

export const appctlCommands: readonly string[] = programs('<snap>').map((program) =>
  [program, ...TIMEOUT, '-t', '<socket>', '<request>'].join(' '),
);

/**
 * Period of fallback commands. A command takes 10 ms of CPU, a request over a connection almost none; all together stay
 * below 1 % of a CPU.
 */
const EVERY_SECONDS = 60;
const SHORTER_SECONDS: Readonly<Record<string, number>> = {
  'upcall/show': 10,
  'dpctl/show': 10,
  'coverage/show': 10,
  'dpctl/dump-flows': 20,
};
/** Requests of an open detail, with a short period. */
const DETAILS =
  /^(?:ofproto\/trace|fdb\/show|bridge\/dump-flows|dpctl\/dump-conntrack|dpctl\/dump-flows -m filter=\S+) ?/;
const DETAIL_SECONDS = 3;

export const appctlSeconds = (request: string): number =>
  DETAILS.test(request) ? DETAIL_SECONDS : (SHORTER_SECONDS[request.split(' ', 1)[0] ?? ''] ?? EVERY_SECONDS);
