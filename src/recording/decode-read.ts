import type { ProtocolName, Read } from '../host/host.ts';
import {
  flag,
  integerFrom,
  linesOf,
  listOf,
  numberFrom,
  objectOf,
  oneOf,
  optional,
  variantOf,
  type Decoder,
  type Schema,
} from '../lib/schema.ts';

/** PATH_MAX of Linux. */
const path = linesOf(4096);
/** Requests and arguments hold whole programs. */
const words = linesOf(64 << 10);
const protocol = oneOf<ProtocolName>(
  'http',
  'libvirt',
  'asok',
  'unixctl',
  'ovsdb',
  'rados',
  'kubernetes',
  'netlink',
  'systemd',
  'kmsg',
  'facts',
  'postgresql',
  'mysql',
  'symbols',
  'redis',
  'memcached',
  'haproxy',
  'zookeeper',
  'mongodb',
  'openstack',
  'stacks',
);

type Kinds = { readonly [Kind in Read['kind']]: Extract<Read, { readonly kind: Kind }> };
type Options = Pick<Read, 'as' | 'timeoutMs'>;

const options: Schema<Options> = {
  as: optional(oneOf('user', 'root')),
  timeoutMs: optional(numberFrom(0, 1e9)),
};
const readOf = <Kind extends Read['kind']>(
  kind: Kind,
  schema: Schema<Omit<Kinds[Kind], 'kind' | keyof Options>>,
): Decoder<Read> =>
  // The kind and the fields that its interface declares.
  objectOf({ kind: oneOf(kind), ...options, ...schema } as unknown as Schema<Read>);

/** Read of a recorded event. Its texts keep line ends: programs have several lines. */
export const decodeRead: Decoder<Read> = variantOf<Read>('kind', {
  file: readOf('file', { path, tailBytes: optional(integerFrom(0, 2 ** 40)) }),
  glob: readOf('glob', { pattern: path, links: optional(flag), tailBytes: optional(integerFrom(0, 2 ** 40)), matching: optional(listOf(linesOf(200), 1000)), keeping: optional(listOf(linesOf(200), 20)) }), // prettier-ignore
  run: readOf('run', { argv: listOf(words, 1000), okExits: optional(listOf(integerFrom(0, 255), 256)) }),
  talk: readOf('talk', { dialect: protocol, to: path, request: words }),
  talks: readOf('talks', { dialect: protocol, pattern: path, request: words }),
  processes: readOf('processes', {}),
  limits: readOf('limits', {}),
  cgroups: readOf('cgroups', {}),
  threads: readOf('threads', { commands: listOf(linesOf(100), 1000) }),
  statfs: readOf('statfs', { path }),
  mounts: readOf('mounts', { usersOf: optional(path) }),
  inventory: readOf('inventory', {}),
});
