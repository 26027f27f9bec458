import type { EntityRef } from '../findings/entity-ref.ts';
import type { Layer } from '../findings/layer.ts';
import type { StackFrame } from '../stacks/stack.ts';
import type { WaitState } from '../stacks/wait-state.ts';
import type { Severity } from '../theme.ts';

/** Version of the JSON (docs/case-notes.md). A change that an old reader would misread raises it. */
export const CASE_NOTES_VERSION = 1;

/** Case notes as data. Times are RFC 3339, UTC, by the engineer's clock. */
export interface CaseNotes {
  readonly caseNotes: typeof CASE_NOTES_VERSION;
  readonly made: string;
  readonly crashcart: string;
  /** True for redacted identifiers. */
  readonly redacted: boolean;
  readonly host: {
    readonly name: string;
    readonly transport: string;
    readonly root: string;
    readonly facts: readonly { readonly what: string; readonly value: string }[];
  };
  readonly from: string;
  readonly until: string;
  /** Recording behind the notes; absent for a live host. */
  readonly evidence?: Evidence;
  /** Incidents at `until`, culprit first; each key is that of a finding. */
  readonly incidents: readonly NotedIncident[];
  /** Series that moved in the window of the first incident; absent without one, and without readings over time. */
  readonly correlation?: NotedCorrelation;
  /** What was accused, cleared and not read at `until`. */
  readonly ledger: NotedLedger;
  readonly findings: readonly NotedFinding[];
  /** Newest first. */
  readonly changes: readonly NotedChange[];
  readonly timeline: readonly TimelineEntry[];
  readonly charts: readonly Chart[];
  /** Changed rows of each table between `since` and `until`. */
  readonly tables: readonly TableChanges[];
  readonly screens: readonly { readonly pane: string; readonly title: string; readonly lines: readonly string[] }[];
  readonly commands: readonly NotedCommand[];
  readonly terminals: readonly NotedTerminal[];
  /** Stacks of processes that were read or sampled; absent without any. */
  readonly stacks?: readonly NotedStacks[];
  readonly notRead: readonly { readonly source: string; readonly why: string; readonly detail: string }[];
}

/** Segment of a recording: two minutes or less. */
export interface EvidenceItem {
  /** Start of the segment. */
  readonly at: string;
  readonly offset: number;
  readonly bytes: number;
  readonly sha256: string;
}

export interface Evidence {
  readonly file: string;
  readonly bytes: number;
  readonly sha256: string;
  /** Parts of the file by offset, each with its own hash; absent for a sosreport and a recorded host. */
  readonly items?: readonly EvidenceItem[];
  /** Sentences about unreadable parts. */
  readonly problems: readonly string[];
}

/** Something that was changed in the day before `until`: a package, a setting, the start of a daemon. */
export interface NotedChange {
  readonly at: string;
  /** Present where it was seen between two readings: the first of them. */
  readonly after?: string;
  readonly what: string;
  readonly subject: string;
  readonly entity?: EntityRef;
  readonly sentence: string;
  /** Command that made it. */
  readonly by?: string;
  readonly source: string;
}

export interface NotedIncident {
  readonly key: string;
  /** Object of its root finding. */
  readonly root: EntityRef;
  /** Layer of the system that the root is in. */
  readonly layer: Layer;
  /** Worst of its findings. */
  readonly severity: Severity;
  /** Object and condition of the root. */
  readonly sentence: string;
  readonly since: string;
  /** Present where the fault may be older than `since`: it was there at the start. */
  readonly atStart?: true;
  /** Present for an event that is over. */
  readonly past?: true;
  readonly confidence: 'measured' | 'inferred' | 'guessed';
  /** Present where the root is a full resource: its largest consumers with their shares of all use. */
  readonly usedBy?: string;
  readonly explains: readonly { readonly key: string; readonly sentence: string; readonly because: string }[];
  /** Changes that may have brought it about, likeliest first: up to 3. */
  readonly changedBefore?: readonly string[];
  readonly next: string;
}

export interface NotedCorrelation {
  /** Key of the incident. */
  readonly incident: string;
  readonly window: { readonly from: string; readonly until: string };
  /** Time that the window is compared with. */
  readonly before: { readonly from: string; readonly until: string };
  /** Number of series. */
  readonly compared: number;
  /** Strongest first. */
  readonly series: readonly {
    readonly object: string;
    readonly entity?: EntityRef;
    readonly pane: string;
    readonly section: string;
    readonly series: string;
    /** Medians; `before` is absent for an object that did not exist. */
    readonly before?: string;
    readonly during: string;
    readonly change: string;
    readonly strength: 'strong' | 'clear' | 'weak';
    /** Further rows of the table that moved the same way. */
    readonly more?: readonly string[];
  }[];
}

export interface NotedLedger {
  readonly accused: number;
  readonly cleared: number;
  readonly unread: number;
  readonly absent: number;
  readonly lines: readonly NotedLedgerLine[];
}

export interface NotedLedgerLine {
  readonly verdict: 'accused' | 'cleared' | 'unread' | 'absent';
  /** Name of the object, or number and kind of several. */
  readonly resource: string;
  /** The object; of several the one with the worst value. */
  readonly entity: EntityRef;
  readonly aspect: 'utilisation' | 'saturation' | 'errors';
  readonly what: string;
  readonly value?: string;
  /** Name of the object with the worst value, where several differ. */
  readonly worst?: string;
  readonly limit?: string;
  readonly ageSeconds?: number;
  /** Key of the finding of an accused line. */
  readonly finding?: string;
  /** Reason of an unread line. */
  readonly why?: string;
}

export interface NotedFinding {
  readonly key: string;
  /** Absent for a finding of an older recording that no rule makes again. */
  readonly entity?: EntityRef;
  readonly severity: Severity;
  readonly sentence: string;
  readonly since: string;
  /** Absent while active. */
  readonly until?: string;
  /** Present for an event that is over; absent for a present fault. */
  readonly past?: true;
  readonly evidence: readonly { readonly what: string; readonly value: string; readonly source: string }[];
  readonly next?: string;
}

export interface TimelineEntry {
  readonly at: string;
  readonly kind: 'marker' | 'note' | 'finding' | 'ended' | 'command' | 'line' | 'terminal' | 'recorder';
  readonly severity?: Severity;
  readonly text: string;
}

export interface Chart {
  readonly id: string;
  readonly title: string;
  readonly unit: string;
  /** Upper end of the scale where the unit has one. */
  readonly most?: number;
  readonly lines: readonly { readonly name: string; readonly points: readonly Point[] }[];
}

/** Time, ms since 1970, and value; null for an unknown one. */
export type Point = readonly [atMs: number, value: number | null];

export interface TableChanges {
  readonly pane: string;
  readonly table: string;
  readonly since: string;
  readonly until: string;
  readonly rows: readonly {
    readonly what: 'appeared' | 'vanished' | 'changed';
    readonly row: string;
    readonly changes: readonly { readonly column: string; readonly before: string; readonly after: string }[];
  }[];
  /** Number of further rows, left out. */
  readonly more: number;
}

export interface NotedCommand {
  readonly at: string;
  readonly as: string;
  readonly command: string;
  readonly why: string;
  readonly exit?: number;
  readonly tookMs?: number;
}

export interface NotedTerminal {
  readonly terminal: string;
  readonly title: string;
  readonly since: string;
  readonly columns: number;
  readonly rows: number;
  /** Lines of the output without escape sequences; only for tools, since the screen has `screens`. */
  readonly text: readonly string[];
  /** Events of an asciicast v2: seconds since `since`, code, data. */
  readonly cast: readonly (readonly [seconds: number, code: string, data: string])[];
  /** Number of bytes left out at the end. */
  readonly leftOutBytes: number;
}

/** Stacks of one process over a time, equal ones counted. */
export interface NotedStacks {
  readonly process: string;
  readonly pid: number;
  /** Absent for native code. */
  readonly runtime?: string;
  readonly since: string;
  readonly until: string;
  readonly readings: number;
  /** CPU time of all readings on the host, in microseconds. */
  readonly costUs: number;
  /** Most samples first. */
  readonly stacks: readonly {
    readonly state: WaitState;
    readonly samples: number;
    /** Outermost first. */
    readonly frames: readonly {
      readonly kind: StackFrame['kind'];
      readonly name?: string;
      readonly module?: string;
      readonly file?: string;
      readonly line?: number;
    }[];
  }[];
}

/** Maps every text of a value; numbers and the shape stay. */
export function mapTexts<Value>(value: Value, map: (text: string) => string): Value {
  // Same shape: texts stay texts, lists stay lists.
  if (typeof value === 'string') return map(value) as Value;
  if (Array.isArray(value)) return value.map((entry: unknown) => mapTexts(entry, map)) as Value;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, entry]) => [name, mapTexts(entry, map)])) as Value;
}
