import type { AuditEntry } from '../host/audit.ts';
import type { LinkState, Read, RootState, Why } from '../host/host.ts';
import type { ReadPart } from '../lib/read-part.ts';
import type { Severity } from '../theme.ts';
import type { Delta } from './value-delta.ts';

/** Version of the file format. A change that an old reader would misread raises it and adds a step to `migrate.ts`. */
export const FORMAT_VERSION = 1;

/** First line of every segment: description of the recording, so that a segment can be read alone. */
export interface SegmentEvent {
  readonly e: 'segment';
  /** ms since 1970, the engineer's clock, in every event. */
  readonly t: number;
  readonly version: number;
  readonly number: number;
  readonly crashcart: string;
  /** Target of the command line. */
  readonly host: string;
  readonly kind: 'ssh' | 'local' | 'recorded';
  /** Start of the recording, ms since 1970. */
  readonly began: number;
  readonly redacted: boolean;
}

/** One reading. `same`: equal to the last event with this read; a `table` without `whole` is a delta to the one before. */
export type RecordedReading = {
  readonly read: Read;
  /** The host's CLOCK_MONOTONIC, seconds. */
  readonly at?: number;
  readonly took?: number;
  /** Entries that were read before the timeout, of all: the others are of the reading before. */
  readonly part?: ReadPart;
} & (
  | { readonly text: string }
  | { readonly same: true }
  | { readonly table: Delta }
  | { readonly why: Why; readonly detail: string }
);

/** Readings of a source in one round. */
export interface SampleEvent {
  readonly e: 'sample';
  readonly t: number;
  /** Id of the source or of the detail. */
  readonly source: string;
  readonly took: number;
  /** By name of the read in its source. */
  readonly reads: Readonly<Record<string, RecordedReading>>;
  /** Present for a detail page, which is read while it is open. */
  readonly look?: true;
  /** Present for a reading of an earlier segment, repeated so that this one can be read alone. `t` is the time of the read. */
  readonly carried?: true;
}

export interface FindingEvent {
  readonly e: 'finding';
  readonly t: number;
  /** `<rule> <kind>:<id>`, with `/<condition>` after the rule where it has one; in recordings without `subject` `<rule> <subject>`. */
  readonly key: string;
  readonly subject?: string;
  /** `stands`: active. */
  readonly state: 'stands' | 'ended';
  readonly severity: Severity;
  readonly sentence: string;
}

/** Mark (`m`, empty text) or note (`n`). */
export interface MarkerEvent {
  readonly e: 'marker';
  readonly t: number;
  readonly text: string;
}

export interface AuditEvent extends Omit<AuditEntry, 'wallMs'> {
  readonly e: 'audit';
  readonly t: number;
}

/** Connection, root rights and cost, recorded on change. */
export interface StatusEvent {
  readonly e: 'status';
  readonly t: number;
  readonly link: LinkState;
  readonly root?: RootState | undefined;
  readonly transport: string;
  readonly hostCpuPct?: number | undefined;
  readonly wireBytesPerSec?: number | undefined;
}

/** Output to a terminal: `screen` is crashcart's own, tools (gdb, strace, a shell) have numbers. */
export interface OutputEvent {
  readonly e: 'output';
  readonly t: number;
  readonly terminal: string;
  readonly data: string;
}

/** Start of a terminal, or change of its size. */
export interface TerminalEvent {
  readonly e: 'terminal';
  readonly t: number;
  readonly terminal: string;
  readonly title: string;
  readonly columns: number;
  readonly rows: number;
}

/** Start (`paused`) or end (`resumed`) of a gap that the engineer made: nothing of the time between is in the file. */
export interface GapEvent {
  readonly e: 'gap';
  readonly t: number;
  readonly state: 'paused' | 'resumed';
  /** Start of the gap, ms since 1970. */
  readonly sinceMs: number;
}

/** State of the recorder: end, or data left out, with the reason. */
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
  | GapEvent
  | RecorderEvent;
