import type { NfsMount, NfsOperation, nfsMounts } from '../../sources/storage/nfs-mounts.ts';
import type { SampleOf } from '../../sources/source.ts';
import type { Seen } from '../../timeline/moment.ts';

export interface NfsRate {
  readonly target: string;
  readonly source: string;
  /** Requests between the two samples. */
  readonly requests: number;
  readonly requestsPerSec: number | undefined;
  readonly retransmitPct: number | undefined;
  readonly timeoutsPerSec: number | undefined;
  /** Means of a request: on the wire, and with its wait in the queue of the client. */
  readonly rttMs: number | undefined;
  readonly executeMs: number | undefined;
  readonly errorsPerSec: number | undefined;
  /** Mean length of the queue of the client when a request was sent. */
  readonly backlog: number | undefined;
  /** Operation that took most of the time: `WRITE`. */
  readonly most: string | undefined;
  readonly idleSeconds: number | undefined;
  /** Those with requests between the two samples, the one that took most of the time first. */
  readonly operations: readonly NfsOperationRate[];
}

/** One operation of a mount, by the terms of nfsiostat(8). */
export interface NfsOperationRate {
  /** `READ`, `GETATTR`. */
  readonly name: string;
  readonly requestsPerSec: number | undefined;
  readonly retransmitPct: number | undefined;
  readonly timeoutsPerSec: number | undefined;
  /** Means of a request: in the queue of the client, on the wire, and from first to last. */
  readonly queueMs: number;
  readonly rttMs: number;
  readonly executeMs: number;
  readonly errorsPerSec: number | undefined;
}

type Grown = { readonly name: string } & { readonly [Field in Exclude<keyof NfsOperation, 'name'>]: number };

/** Operations of NFS mounts between two samples. */
export function nfsRates({ now, before, seconds }: Seen<SampleOf<typeof nfsMounts>>): readonly NfsRate[] {
  const earlier = new Map(before?.map((one) => [one.target, one]));
  return (now ?? []).map((mount): NfsRate => {
    const old = earlier.get(mount.target);
    const grown = (old === undefined ? [] : mount.operations.flatMap((one) => grownBy(one, old))).toSorted((a, b) => b.executeMs - a.executeMs); // prettier-ignore
    const sum = (field: Exclude<keyof Grown, 'name'>) => grown.reduce((total, one) => total + one[field], 0);
    const requests = sum('requests');
    const each = (total: number) => (requests === 0 ? undefined : total / requests);
    const per = (total: number) => (old === undefined || !seconds ? undefined : total / seconds);
    const resent = each(sum('transmissions') - requests);
    return {
      target: mount.target,
      source: mount.source,
      requests,
      requestsPerSec: per(requests),
      retransmitPct: resent === undefined ? undefined : 100 * Math.max(0, resent),
      timeoutsPerSec: per(sum('majorTimeouts')),
      rttMs: each(sum('rttMs')),
      executeMs: each(sum('executeMs')),
      errorsPerSec: per(sum('errors')),
      backlog: backlogOf(mount, old, each),
      most: grown[0]?.name,
      idleSeconds: mount.idleSeconds,
      operations: grown.map((one) => operationRate(one, seconds)),
    };
  });
}

function operationRate(one: Grown, seconds: number | undefined): NfsOperationRate {
  const { name, requests, transmissions } = one;
  const per = (number: number) => (seconds ? number / seconds : undefined);
  return {
    name,
    requestsPerSec: per(requests),
    retransmitPct: (100 * Math.max(0, transmissions - requests)) / requests,
    timeoutsPerSec: per(one.majorTimeouts),
    queueMs: one.queueMs / requests,
    rttMs: one.rttMs / requests,
    executeMs: one.executeMs / requests,
    errorsPerSec: per(one.errors),
  };
}

const backlogOf = (
  { backlog }: NfsMount,
  old: NfsMount | undefined,
  each: (total: number) => number | undefined,
): number | undefined =>
  backlog === undefined || old?.backlog === undefined || backlog < old.backlog
    ? undefined
    : each(backlog - old.backlog);

/** Growth of an operation; none of one that was idle, or whose mount is a new one. */
function grownBy(now: NfsOperation, mount: NfsMount): readonly Grown[] {
  const old = mount.operations.find(({ name }) => name === now.name);
  const by = (field: Exclude<keyof NfsOperation, 'name'>): number => (now[field] ?? 0) - (old?.[field] ?? 0);
  if (by('requests') <= 0 || by('transmissions') < 0) return [];
  return [
    {
      name: now.name,
      requests: by('requests'),
      transmissions: by('transmissions'),
      majorTimeouts: by('majorTimeouts'),
      queueMs: by('queueMs'),
      rttMs: by('rttMs'),
      executeMs: by('executeMs'),
      errors: by('errors'),
    },
  ];
}
