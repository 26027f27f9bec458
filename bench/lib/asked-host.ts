import { readPolicy } from '../../src/subsystems/index.ts';
import { setTimeout as sleep } from 'node:timers/promises';
import { cpuMs, treeOf } from './cpu.ts';

/** What a number of rounds cost: CPU ms of who asked, and of each group of daemons that were asked. */
export interface RoundsCost {
  readonly passedSeconds: number;
  readonly clientMs: number;
  readonly daemonsMs: readonly number[];
}

/** This machine as a host: our collector on it, and who asks its daemons once a second. Whoever imports it lays `raw-text.ts` first. */
export async function askedHost() {
  const { openUserLane } = await import('../../src/host/open-lane.ts');
  const { localTransport } = await import('../../src/host/local-transport.ts');
  const { DaemonClients } = await import('../../src/host/daemon-clients.ts');
  const transport = localTransport();
  const { lane } = await openUserLane(transport);
  const { pid } = lane;
  if (pid === undefined) throw new Error('the Python collector did not start');
  const talks = new DaemonClients(() => undefined, readPolicy.protocolOf);
  const client = () => cpuMs(treeOf(pid)) + childrenMs();
  return {
    lane,
    talks,
    /** `daemons` are looked up when they are measured: some come and go. */
    async rounds(
      seconds: number,
      ask: (second: number) => Promise<void>,
      ...daemons: readonly (() => readonly number[])[]
    ): Promise<RoundsCost> {
      const before = { client: client(), daemons: daemons.map((pids) => cpuMs(pids())) };
      const begun = performance.now();
      for (let second = 0; second < seconds; second++) {
        await ask(second);
        await sleep(Math.max(0, begun + (second + 1) * 1000 - performance.now()));
      }
      return {
        passedSeconds: (performance.now() - begun) / 1000,
        clientMs: Math.max(0, client() - before.client),
        daemonsMs: daemons.map((pids, i) => cpuMs(pids()) - (before.daemons[i] ?? 0)),
      };
    },
    async close(): Promise<void> {
      talks.drop(lane);
      lane.close();
      await transport.close();
    },
  };
}

/** CPU of ended children of ours, the commands: fields 16 and 17 of /proc/self/stat, without our own threads. */
function childrenMs(): number {
  const { user, system } = process.cpuUsage();
  return cpuMs([process.pid]) - (user + system) / 1000;
}
