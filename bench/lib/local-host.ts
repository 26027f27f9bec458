import { setTimeout as sleep } from 'node:timers/promises';
import { cpuMs, treeOf } from './cpu.ts';

/** CPU ms of some rounds: of the client, and of each group of daemons. */
export interface RoundsCost {
  readonly passedSeconds: number;
  readonly clientMs: number;
  readonly daemonsMs: readonly number[];
}

/** Collector on this machine, and rounds of requests, one a second. Needs an import of `raw-text.ts` before this one. */
export async function localHost() {
  const { openUserLane } = await import('../../src/host/open-lane.ts');
  const { localTransport } = await import('../../src/host/local-transport.ts');
  const { DaemonClients } = await import('../../src/host/daemon-clients.ts');
  const { readPolicy } = await import('../../src/subsystems/index.ts');
  const transport = localTransport();
  const { lane } = await openUserLane(transport);
  const { pid } = lane;
  if (pid === undefined) throw new Error('the Python collector did not start');
  const talks = new DaemonClients(() => undefined, readPolicy.protocolOf);
  const clientCpuMs = () => cpuMs(treeOf(pid)) + childrenMs();
  return {
    lane,
    talks,
    /** Runs `ask` once a second. `daemons` gives the pids at each measurement, because daemons may start and end. */
    async rounds(
      seconds: number,
      ask: (second: number) => Promise<void>,
      ...daemons: readonly (() => readonly number[])[]
    ): Promise<RoundsCost> {
      const before = { client: clientCpuMs(), daemons: daemons.map((pids) => cpuMs(pids())) };
      const begun = performance.now();
      for (let second = 0; second < seconds; second++) {
        await ask(second);
        await sleep(Math.max(0, begun + (second + 1) * 1000 - performance.now()));
      }
      return {
        passedSeconds: (performance.now() - begun) / 1000,
        clientMs: Math.max(0, clientCpuMs() - before.client),
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

/** CPU ms of ended child processes, the commands: `cpuMs` of this process without its threads. */
function childrenMs(): number {
  const { user, system } = process.cpuUsage();
  return cpuMs([process.pid]) - (user + system) / 1000;
}
