import { XdrWriter, type XdrReader } from './xdr.ts';

/**
 * Procedures in use, all of them reads: numbers and layouts of libvirt src/remote/remote_protocol.x. `high` there means a
 * reserved worker of the daemon, so that these calls return while all ordinary workers hang in a QEMU.
 */
export const PROCEDURE = {
  open: 1,
  close: 2,
  /** Version of the hypervisor; high. */
  version: 4,
  /** High. */
  nodeInfo: 6,
  domainXml: 14,
  /** High. */
  hostname: 59,
  supportsFeature: 60,
  authList: 66,
  authPolkit: 70,
  /** Version of libvirt; high. */
  libraryVersion: 157,
  /** High. */
  domainState: 212,
  /** The holder of the monitor, without using it; high. */
  domainControl: 229,
  diskErrors: 263,
  /** High. */
  listDomains: 273,
  jobStats: 298,
  /** Holds an ordinary worker of the daemon until its reply. */
  domainStats: 344,
} as const;

/** VIR_CONNECT_RO: the daemon refuses all changes, for any user. */
export const READ_ONLY = 1;
/** VIR_DRV_FEATURE_REMOTE, src/libvirt_internal.h: 1 where the daemon is a proxy (virtproxyd). */
export const FEATURE_REMOTE = 2;
/** VIR_CONNECT_GET_ALL_DOMAINS_STATS_NOWAIT: leave out figures of a monitor in use. */
export const NOWAIT = 0x2000_0000;

/** virDomainStatsTypes: groups of `virsh domstats`, by its options. */
export const STATS_GROUP = { state: 1, balloon: 4, vcpu: 8, block: 32 } as const;

/** REMOTE_DOMAIN_DISK_ERRORS_MAX; more is refused. */
const MOST_DISK_ERRORS = 256;

export interface DomainRef {
  readonly name: string;
  /** 16 bytes. */
  readonly uuid: Buffer;
  /** −1 while the domain is shut off. */
  readonly id: number;
}

export const uuidText = (uuid: Buffer): string =>
  uuid.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.*)$/, '$1-$2-$3-$4-$5');

const putDomain = (args: XdrWriter, { name, uuid, id }: DomainRef): XdrWriter => args.string(name).opaque(uuid).int(id);

const takeDomain = (reply: XdrReader): DomainRef => ({
  name: reply.string(),
  uuid: reply.opaque(16),
  id: reply.int(),
});

export type ParamValue = number | string | boolean | null;

/** remote_typed_param: a name, its type, its value. One of an unknown type has an unknown length, so it ends the parse. */
function takeParam(reply: XdrReader): readonly [string, ParamValue] {
  const name = reply.string();
  return [name, takeValue(reply, reply.uint())];
}

function takeValue(reply: XdrReader, type: number): ParamValue {
  switch (type) {
    case 1:
      return reply.int();
    case 2:
      return reply.uint();
    case 3:
      return reply.hyper();
    case 4:
      return reply.unsignedHyper();
    case 5: {
      const value = reply.double();
      return Number.isFinite(value) ? value : null;
    }
    case 6:
      return reply.int() !== 0;
    case 7:
      return reply.string();
    default:
      throw new RangeError(`a value of type ${type}`);
  }
}

export type Params = ReadonlyMap<string, ParamValue>;

const takeParams = (reply: XdrReader): Params => new Map(reply.array(() => takeParam(reply)));

/** A call: its number, its arguments, and the parser of its reply. */
export interface Call<Reply> {
  readonly procedure: number;
  readonly args: Buffer;
  readonly parse: (reply: XdrReader) => Reply;
}

const call = <Reply>(procedure: number, args: XdrWriter, parse: (reply: XdrReader) => Reply): Call<Reply> => ({
  procedure,
  args: args.bytes(),
  parse,
});

const none = (): XdrWriter => new XdrWriter();

export const calls = {
  authList: call(PROCEDURE.authList, none(), (reply) => reply.array(() => reply.int())),
  /** polkit checks the user; by default any user of the host has read-only access. */
  authPolkit: call(PROCEDURE.authPolkit, none(), (reply) => reply.int() === 1),
  open: (uri: string) => call(PROCEDURE.open, none().optionalString(uri).uint(READ_ONLY), () => undefined),
  close: call(PROCEDURE.close, none(), () => undefined),
  supportsFeature: (feature: number) =>
    call(PROCEDURE.supportsFeature, none().int(feature), (reply) => reply.int() === 1),
  hostname: call(PROCEDURE.hostname, none(), (reply) => reply.string()),
  version: call(PROCEDURE.version, none(), (reply) => reply.unsignedHyper()),
  libraryVersion: call(PROCEDURE.libraryVersion, none(), (reply) => reply.unsignedHyper()),
  nodeInfo: call(PROCEDURE.nodeInfo, none(), (reply) => {
    // `char model[32]` is an array of 32 XDR ints, one a character.
    for (let letter = 0; letter < 32; letter++) reply.int();
    return { memoryKiB: reply.unsignedHyper(), cpus: reply.int() };
  }),
  listDomains: call(PROCEDURE.listDomains, none().int(1).uint(0), (reply) => reply.array(() => takeDomain(reply))),
  domainState: (domain: DomainRef) =>
    call(PROCEDURE.domainState, putDomain(none(), domain).uint(0), (reply) => ({
      state: reply.int(),
      reason: reply.int(),
    })),
  domainControl: (domain: DomainRef) =>
    call(PROCEDURE.domainControl, putDomain(none(), domain).uint(0), (reply) => ({
      state: reply.uint(),
      details: reply.uint(),
      stateMs: reply.unsignedHyper(),
    })),
  domainXml: (domain: DomainRef) =>
    call(PROCEDURE.domainXml, putDomain(none(), domain).uint(0), (reply) => reply.string()),
  /** Disk errors that paused a guest: 1 I/O error, 2 no space (virDomainDiskErrorCode). */
  diskErrors: (domain: DomainRef) =>
    call(PROCEDURE.diskErrors, putDomain(none(), domain).uint(MOST_DISK_ERRORS).uint(0), (reply) =>
      reply.array(() => ({ disk: reply.string(), error: reply.int() })),
    ),
  jobStats: (domain: DomainRef) =>
    call(PROCEDURE.jobStats, putDomain(none(), domain).uint(0), (reply) => ({
      type: reply.int(),
      params: takeParams(reply),
    })),
  /** Statistics of these domains; of all for an empty list. */
  domainStats: (domains: readonly DomainRef[], groups: number, flags = 0) => {
    const args = none().uint(domains.length);
    for (const domain of domains) putDomain(args, domain);
    return call(PROCEDURE.domainStats, args.uint(groups).uint(flags), (reply) =>
      reply.array(() => ({ domain: takeDomain(reply), stats: takeParams(reply) })),
    );
  },
} as const;
