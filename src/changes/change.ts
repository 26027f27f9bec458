import type { EntityRef } from '../findings/entity-ref.ts';
import { providersOf, type AnyProvider } from '../timeline/provider.ts';

/** What a change is of, as it stands in the page. */
export const CHANGE_KINDS = [
  'boot',
  'kernel',
  'package',
  'snap',
  'file',
  'module',
  'mount',
  'sysctl',
  'cpu',
  'memory',
  'clock',
  'unit',
  'daemon',
  'guest',
  'container',
  'pod',
  'osd',
  'mon',
  'osdmap',
  'bridge',
  'port',
  'controller',
  'chassis',
  'logical-port',
] as const;

export type ChangeKind = (typeof CHANGE_KINDS)[number];

/** Something that was changed: a package, a setting, the start of a daemon. All texts are raw. */
export interface Change {
  /** Time of the change by the engineer's clock, ms since 1970; of one seen between two readings, of the second. */
  readonly atMs: number;
  /** Time of the first of two readings, between which it was changed; undefined where a clock has the time. */
  readonly afterMs?: number | undefined;
  readonly what: ChangeKind;
  /** Name of what was changed: `openssl`, `vm.swappiness`, `osd.3`. */
  readonly subject: string;
  /** The object in the graph of dependencies, where it is one. */
  readonly entity?: EntityRef | undefined;
  /** `upgraded 3.0.11 → 3.0.13`. */
  readonly sentence: string;
  /** Command that made it: `apt-get upgrade`. */
  readonly by?: string | undefined;
  /** File or request that has it. */
  readonly source: string;
}

export const defineChanges = providersOf<Change>();
export type AnyChangeProvider = AnyProvider<Change>;
