import { TalkError } from '../protocol.ts';
import type { Run } from '../cli-fallback.ts';

/** By itself it waits for ever on a daemon that stands still: ovs-appctl(8), `-T`. It then ends by SIGALRM. */
const PATIENCE = ['-T', '3'];
const SNAP = /^\/var\/snap\/([\w-]+)\//;

/**
 * ovs-appctl speaks to whatever socket it is given, OVN's too; ovn-appctl is the same program of a host without the other,
 * and a snap has its own under its name.
 */
const programs = (snap: string | undefined): readonly string[] => [
  'ovs-appctl',
  'ovn-appctl',
  ...(snap === undefined ? [] : [`${snap}.ovs-appctl`, `${snap}.ovn-appctl`]),
];

/** One method by a command, in the stead of a call over a connection of ours. */
export async function byAppctl(run: Run, to: string, method: string, parameters: readonly string[]): Promise<string> {
  for (const program of programs(SNAP.exec(to)?.[1])) {
    const reading = await run([program, ...PATIENCE, '-t', to, method, ...parameters]);
    if (reading.ok) return reading.value;
    if (reading.why !== 'absent') throw new TalkError(reading.why, `${method}: ${reading.detail}`);
  }
  throw new TalkError('absent', 'no ovs-appctl');
}

export const appctlCommands: readonly string[] = programs('<snap>').map((program) =>
  [program, ...PATIENCE, '-t', '<socket>', '<question>'].join(' '),
);

/**
 * A command takes 10 ms of CPU where a question over a connection takes next to none: all of these together are to stay
 * below one percent of a CPU.
 */
const EVERY_SECONDS = 60;
const OFTENER: Readonly<Record<string, number>> = {
  'upcall/show': 10,
  'dpctl/show': 10,
  'coverage/show': 10,
  'dpctl/dump-flows': 20,
};
/** ReadOptions while somebody looks, and at that pace. */
const LOOKS =
  /^(?:ofproto\/trace|fdb\/show|bridge\/dump-flows|dpctl\/dump-conntrack|dpctl\/dump-flows -m filter=\S+) ?/;
const LOOK_SECONDS = 3;

export const appctlSeconds = (request: string): number =>
  LOOKS.test(request) ? LOOK_SECONDS : (OFTENER[request.split(' ', 1)[0] ?? ''] ?? EVERY_SECONDS);
