import type { NfsServer, nfsServer } from '../../sources/storage/nfs-server.ts';
import type { SampleOf } from '../../sources/source.ts';
import { delta, type Seen } from '../../timeline/moment.ts';

export interface NfsServerRates {
  readonly threads: number | undefined;
  readonly callsPerSec: number | undefined;
  readonly badCallsPerSec: number | undefined;
  readonly readBytesPerSec: number | undefined;
  readonly writtenBytesPerSec: number | undefined;
  /** Packets between the two samples. */
  readonly packets: number | undefined;
  /** Share of these packets for which no thread was idle. */
  readonly waitedPct: number | undefined;
}

/** NFS server of this host between two samples; undefined where there is none, or it was never started. */
export function nfsServerRates({ now, before, seconds }: Seen<SampleOf<typeof nfsServer>>): NfsServerRates | undefined {
  if (now === undefined || (now.threads === 0 && !now.calls)) return undefined;
  const per = (of: (one: NfsServer) => number | undefined): number | undefined =>
    delta(of(now), before && of(before), seconds);
  const [packets, woken] = [per((one) => one.packets), per((one) => one.woken)];
  return {
    threads: now.threads,
    callsPerSec: per((one) => one.calls),
    badCallsPerSec: per((one) => one.badCalls),
    readBytesPerSec: per((one) => one.readBytes),
    writtenBytesPerSec: per((one) => one.writtenBytes),
    packets: packets === undefined || seconds === undefined ? undefined : packets * seconds,
    waitedPct:
      packets === undefined || woken === undefined || packets === 0
        ? undefined
        : (100 * Math.max(0, packets - woken)) / packets,
  };
}
