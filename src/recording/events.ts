import type { AuditEntry } from '../host/audit.ts';
import type { LinkState, Read, RootState, Why } from '../host/host.ts';
import type { Severity } from '../theme.ts';
import type { Delta } from './value-delta.ts';

/** Of the file format. A change that an old reader would misread raises it, and brings a converter (`migrate.ts`). */
export const FORMAT_VERSION = 1;

/** First line of every segment: what the file is, so that one segment alone can be understood. */
export interface SegmentEvent {
  readonly e: 'segment';
  /** ms since 1970, the engineer's clock: so in every event. */
  readonly t: number;
  readonly version: number;
  readonly number: number;
  readonly crashcart: string;
  /** As the engineer named it. */
  readonly host: string;
  readonly kind: 'ssh' | 'local' | 'recorded';
  /** When the recording began. */
  readonly began: number;
  readonly redacted: boolean;
}

/** One answer of the host. `same`: as in the last event with this read; a `table` that is not whole changes the one before. */
export type RecordedReading = {
  readonly read: Read;
  /** The host's CLOCK_MONOTONIC, seconds. */
  readonly at?: number;
  readonly took?: number;
} & (
  | { readonly text: string }
  | { readonly same: true }
  | { readonly table: Delta }
  | { readonly why: Why; readonly detail: string }
);

/** What a source's reads gave in one round. */
export interface SampleEvent {
  readonly e: 'sample';
  readonly t: number;
  /** Id of the source; of a closer look: of the detail. */
  readonly source: string;
  readonly took: number;
  /** By the names that the reads have in the source. */
  readonly reads: Readonly<Record<string, RecordedReading>>;
  /** A closer look at one thing: asked for, not by the clock. */
  readonly look?: true;
  /** Known from before this segment: repeated, so that a segment can be read alone. `t` is when it was read. */
  readonly carried?: true;
}

export interface FindingEvent {
  readonly e: 'finding';
  readonly t: number;
  /** `<rule> <kind>:<id>`, with `/<condition>` after the rule where it has one; in recordings without `subject` `<rule> <subject>`. */
  readonly key: string;
  readonly subject?: string;
  /** `ended`: it no longer speaks. */
  readonly state: 'stands' | 'ended';
  readonly severity: Severity;
  readonly sentence: string;
}

/** `m` without words, `n` with. */
export interface MarkerEvent {
  readonly e: 'marker';
  readonly t: number;
  readonly text: string;
}

export interface AuditEvent extends Omit<AuditEntry, 'wallMs'> {
  readonly e: 'audit';
  readonly t: number;
}

/** Line, rights and cost, when they changed. */
export interface StatusEvent {
  readonly e: 'status';
  readonly t: number;
  readonly link: LinkState;
  readonly root?: RootState | undefined;
  readonly transport: string;
  readonly hostCpuPct?: number | undefined;
  readonly wireBytesPerSec?: number | undefined;
}

/** What was written to a terminal: `screen` is the engineer's own, others are tools (gdb, strace, a shell) by number. */
export interface OutputEvent {
  readonly e: 'output';
  readonly t: number;
  readonly terminal: string;
  readonly data: string;
}

/** A terminal begins, or has another size from now on. */
export interface TerminalEvent {
  readonly e: 'terminal';
  readonly t: number;
  readonly terminal: string;
  readonly title: string;
  readonly columns: number;
  readonly rows: number;
}

/** The recorder itself: that it left something out, or ended, and why. */
export interface RecorderEvent {
  readonly e: 'recorder';
  readonly t: number;
  readonly what: 'end' | 'left-out';
  readonly detail: string;
}

export type RecordingEvent =
  | SegmentEvent
  | SampleEvent
  | FindingEvent
  | MarkerEvent
  | AuditEvent
  | StatusEvent
  | OutputEvent
  | TerminalEvent
  | RecorderEvent;
