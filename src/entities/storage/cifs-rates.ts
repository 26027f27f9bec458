import type { cifs, CifsServer, CifsShare } from '../../sources/storage/cifs.ts';
import type { SampleOf } from '../../sources/source.ts';
import { delta, type Seen } from '../../timeline/moment.ts';

export interface CifsShareRate extends CifsShare {
  readonly requestsPerSec: number | undefined;
  readonly readBytesPerSec: number | undefined;
  readonly writtenBytesPerSec: number | undefined;
  readonly failedPerSec: number | undefined;
}

/** Shares between two samples. A share that is mounted several times by several sessions has a line each: the order distinguishes them. */
export function cifsShareRates({ now, before, seconds }: Seen<SampleOf<typeof cifs>>): readonly CifsShareRate[] {
  return (now?.shares ?? []).map((share, i): CifsShareRate => {
    const same = before?.shares[i];
    const old = same?.name === share.name ? same : undefined;
    return {
      ...share,
      requestsPerSec: delta(share.requests, old?.requests, seconds),
      readBytesPerSec: delta(share.readBytes, old?.readBytes, seconds),
      writtenBytesPerSec: delta(share.writtenBytes, old?.writtenBytes, seconds),
      failedPerSec: delta(share.failed, old?.failed, seconds),
    };
  });
}

/** Whether the client has no connection over which the server takes requests. */
export const isCifsDown = ({ state }: CifsServer): boolean =>
  state === 'need reconnect' || state === 'need negotiate' || state === 'in negotiate';

/** Whether threads wait because the server granted no more credits: one is kept for echo and oplocks each. */
export const isOutOfCredits = ({ credits, waiting }: CifsServer): boolean =>
  credits !== undefined && credits <= 2 && waiting !== undefined && waiting > 0;
