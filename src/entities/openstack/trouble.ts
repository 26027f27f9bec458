import type {
  Capacity,
  Cloud,
  CloudPart,
  CloudServer,
  CloudService,
  CloudVolume,
} from '../../sources/openstack/cloud.ts';

/** Use of a resource of Placement, percent of what it may allocate. */
export const CAPACITY_PCT = { warn: 90, crit: 100 };
/** Time for which a server is in BUILD: Nova's own steps take seconds, an image of many GB minutes. */
export const BUILD_SECONDS = 600;
/** The same while it waits for the scheduler, which takes a second. */
export const SCHEDULING_SECONDS = 60;
/** Time in a state that passes by itself: attaching, creating, deleting. */
export const VOLUME_SECONDS = 600;
/** A server that failed before that is history. */
export const FAILED_SECONDS = 86_400;
/** A failure within that is a present fault. */
const RECENT_SECONDS = 3600;
/** A service without a heartbeat for longer was taken away without its record. */
export const RETIRED_SECONDS = 7 * 86_400;
/** A build that fails sooner was refused by the scheduler. */
export const FAST_SECONDS = 10;

/** Service that is down while enabled. */
export const isDown = ({ isUp, isEnabled }: CloudService): boolean => isUp === false && isEnabled;
export const isRetired = ({ heartbeatSecondsAgo }: CloudService): boolean =>
  (heartbeatSecondsAgo ?? 0) > RETIRED_SECONDS;

/** Binaries that have no service up although some are enabled. */
export function deadBinaries({ services }: Cloud): ReadonlySet<string> {
  const enabled = services.filter((one) => one.isEnabled && !isRetired(one));
  const up = new Set(enabled.filter(({ isUp }) => isUp !== false).map(({ binary }) => binary));
  return new Set(enabled.map(({ binary }) => binary).filter((binary) => !up.has(binary)));
}

export const isStuckBuild = ({ status, task, secondsAgo }: CloudServer): boolean =>
  status === 'BUILD' &&
  (secondsAgo ?? 0) >= (task === undefined || task === 'scheduling' ? SCHEDULING_SECONDS : BUILD_SECONDS);

/** Cause of stuck builds that the other services show. */
export type StuckCause = 'service' | 'host' | 'messaging';

/** Why builds are stuck: a service without any that is up, one host, else the way between services that are all up. */
export function stuckCause(
  cloud: Cloud,
  stuck: readonly CloudServer[],
): { readonly cause: StuckCause; readonly words: string } {
  const dead = [...deadBinaries(cloud)].filter((binary) => /^nova-(?:conductor|scheduler)$/.test(binary)).toSorted();
  if (dead.length > 0) return { cause: 'service', words: `${dead.join(' and ')} down` };
  const [host, ...others] = new Set(stuck.map((one) => one.host));
  if (host !== undefined && others.length === 0) return { cause: 'host', words: `all on ${host}` };
  return cloud.services.some(({ binary }) => binary.startsWith('nova-'))
    ? { cause: 'messaging', words: 'services up: messaging or conductor' }
    : { cause: 'messaging', words: 'services not read' };
}

/** Kind of a fault by its text. */
export type FaultKind = 'no-valid-host' | 'port-binding' | 'retries' | 'messaging' | 'volume' | 'other';

const FAULTS: readonly (readonly [FaultKind, RegExp, string])[] = [
  ['no-valid-host', /No valid host was found/i, 'No valid host was found'],
  [
    'port-binding',
    /PortBindingFailed|Binding failed for port|vif|Virtual Interface creation failed/i,
    'port binding failed',
  ],
  ['retries', /Exceeded maximum number of retries|Exhausted all hosts/i, 'build retries exhausted on all hosts'],
  ['messaging', /MessagingTimeout|Timed out waiting for a reply/i, 'messaging timeout'],
  ['volume', /volume|block device/i, 'volume not ready or not attached'],
];

export const faultKind = (fault: string | undefined): FaultKind =>
  FAULTS.find(([, pattern]) => pattern.test(fault ?? ''))?.[0] ?? 'other';

/** Words of a kind of fault; undefined for one that has none. */
export const faultWords = (kind: FaultKind): string | undefined => FAULTS.find(([one]) => one === kind)?.[2];

/** Servers that failed within a day. */
export const failedServers = ({ servers }: Cloud): readonly CloudServer[] =>
  servers.filter(({ status, secondsAgo }) => status === 'ERROR' && (secondsAgo ?? 0) < FAILED_SECONDS);

export const isRecentFailure = ({ status, secondsAgo }: CloudServer): boolean =>
  status === 'ERROR' && (secondsAgo ?? 0) < RECENT_SECONDS;

/** States that a volume leaves by itself. */
const PASSING =
  /^(?:creating|attaching|detaching|deleting|extending|downloading|uploading|retyping|reserved|backing-up|restoring-backup|maintenance)$/;

export const isStuckVolume = ({ status, secondsAgo }: CloudVolume): boolean =>
  status.startsWith('error') || (PASSING.test(status) && (secondsAgo ?? 0) >= VOLUME_SECONDS);

export const usedPct = ({ used, capacity }: Capacity): number | undefined =>
  capacity > 0 ? (100 * used) / capacity : undefined;

/** Parts that an API did not give, apart from services that this cloud does not have. */
export const unread = ({ missing }: Cloud): readonly (readonly [CloudPart, string])[] =>
  [...missing].flatMap(([part, { why, detail }]) => (why === 'absent' ? [] : [[part, detail] as const]));
