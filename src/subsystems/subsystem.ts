import type { AnyFinding } from '../findings/finding.ts';
import type { PolicyEntries } from '../host/policy.ts';
import type { Protocol } from '../host/protocols/protocol.ts';
import type { AnyConsumerProvider } from '../incidents/contention.ts';
import type { AnyDependencyProvider } from '../incidents/dependency.ts';
import type { AnyPane } from '../panes/pane.ts';
import type { AnySource } from '../sources/source.ts';
import type { DetailReads } from './details.ts';

/** Manifest of one subsystem: all that it consists of, over every layer. Its files stand in the folders named `id`. */
export interface Subsystem {
  /** The folder's name in every layer. */
  readonly id: string;
  /** Sources that are read on a schedule. */
  readonly sources: readonly AnySource[];
  /** Sources that are read while a page is open. */
  readonly details?: readonly DetailReads[];
  /** Rules; of two findings of one rank the rule listed first comes first. */
  readonly findings: readonly AnyFinding[];
  /** Dependencies of its entities, by which findings are explained. */
  readonly dependencies?: AnyDependencyProvider;
  /** Consumers of the shared resources of the host: who fills one that is full. */
  readonly consumers?: AnyConsumerProvider;
  readonly pane?: AnyPane;
  /** Protocols in which its daemons are asked. */
  readonly protocols?: readonly Protocol[];
  /** What its sources read beyond /proc and /sys: a read that is on no manifest is refused on every live host. */
  readonly policy?: PolicyEntries;
}
