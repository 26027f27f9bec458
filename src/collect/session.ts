import type { AuditEntry } from '../host/audit.ts';
import type { Host, HungRead, LinkState, LiveHost, Missing, Read, RootState } from '../host/host.ts';
import type { Found } from '../findings/finding.ts';
import type { Timeline } from '../timeline/timeline.ts';
import type { Severity } from '../theme.ts';
import type { SarReport } from '../sources/machine/sar-text.ts';
import type { BoundDetail } from '../sources/source.ts';

/** Finding with its start; a past one that is present again restarts. */
export interface StandingFinding extends Found {
  readonly rule: string;
  readonly key: string;
  readonly sinceMs: number;
  readonly seenMs: number;
  /** Time of the newest reading of its sources when it was seen; absent at a time in the history. */
  readonly readMs?: number | undefined;
}

/** Mark on the time bar: start of a finding, marker, note, gap of the recording. */
export interface Mark {
  readonly wallMs: number;
  readonly kind: 'marker' | 'note' | 'finding' | 'gap';
  readonly severity?: Severity | undefined;
  /** End of a gap; absent where the recording ends in it. */
  readonly untilMs?: number | undefined;
  /** Key of the finding. */
  readonly key?: string | undefined;
  /** Host of a fleet that a note in its matrix is about; absent: all of them. */
  readonly host?: string | undefined;
  readonly text: string;
}

/** Time control of a recording. */
export interface Replay {
  readonly startMs: number;
  readonly endMs: number;
  readonly positionMs: () => number;
  readonly playing: () => boolean;
  readonly speed: () => number;
  readonly play: () => void;
  readonly pause: () => void;
  /** One step faster or slower. */
  readonly changeSpeed: (direction: -1 | 1) => void;
  /** Resolves when the timeline holds the readings of that time. */
  readonly seek: (wallMs: number) => Promise<void>;
  /** Loads readings since that time where the timeline begins later; the timeline thins older ones. */
  readonly loadBack: (fromMs: number) => Promise<void>;
}

/** Cost and state of one source. */
export interface SourceStatus {
  readonly id: string;
  readonly everySeconds: number;
  /** Period without the budget: of low value and not needed it is longer than `everySeconds`. */
  readonly restSeconds: number;
  /** Longer than `restSeconds` when stretched to keep the budget. */
  readonly periodSeconds: number;
  readonly tookMs: number | undefined;
  /** Bytes of all its readings; undefined in a replay. */
  readonly bytes: number | undefined;
  readonly reads: number;
  /** Start of the read in flight, engineer's clock. */
  readonly waitingSinceMs: number | undefined;
  readonly missing: Readonly<Record<string, Missing>>;
}

export interface Status {
  readonly link: LinkState;
  readonly root: RootState | undefined;
  readonly transport: string;
  /** Control socket of the ControlMaster whose connection is used. */
  readonly joined?: string | undefined;
  /** Recent CPU share of the collector, percent of one core of the host; undefined until measured. */
  readonly hostCpuPct: number | undefined;
  /** CPU of the whole session on the host so far, start included; undefined where not measured. */
  readonly hostCpuSeconds?: number | undefined;
  readonly budgetPct: number;
  readonly wireBytesPerSec: number | undefined;
  /** Whether periods are stretched to keep the budget. */
  readonly stretched: boolean;
  /** Reads that hang on the host. */
  readonly hung: readonly HungRead[];
  readonly sources: readonly SourceStatus[];
}

/** Time before a condition is met that a recording begins with. */
export const KEPT_MS = 60_000;

/** Sources that are read at full rate, and the time for which all raw readings are kept. */
export interface Kept {
  readonly sources: readonly string[];
  readonly forMs: number;
}

/** Session with one host: the screen's interface to data. */
export interface Session {
  readonly host: Host;
  /** Present for a live host. */
  readonly live: LiveHost | undefined;
  readonly timeline: Timeline;
  readonly status: () => Status;
  /** Findings at the cursor. */
  readonly findings: () => readonly StandingFinding[];
  /** Sets the sources on the screen, which are read at full rate. */
  readonly show: (sourceIds: readonly string[]) => void;
  /** Keeps the last readings, with which a recording then begins; undefined ends it. Present for a live host. */
  readonly keep?: ((kept: Kept | undefined) => void) | undefined;
  /** Reads a detail once: sample and missing reads. */
  readonly readDetail: (
    detail: BoundDetail,
  ) => Promise<{ readonly sample: unknown; readonly missing: Readonly<Record<string, Missing>> }>;
  /** Last raw reply to each read of a source (hostile text). */
  readonly raw: (sourceId: string) => readonly { readonly read: Read; readonly text: string }[];
  readonly audit: () => readonly AuditEntry[];
  /** Marks by time. */
  readonly marks: () => readonly Mark[];
  /**
   * Sets a marker, or a note with a text, at the present time; in a replay at its position, and the result is the path of its file.
   * `host`: host of a fleet that it is about. Throws where it cannot be saved.
   */
  readonly mark: ((text: string, host?: string) => string | undefined) | undefined;
  /** Whether marks are in a file as soon as they are set. Default: those of a replay are. */
  readonly keepsMarks?: boolean | undefined;
  /** Figures that sar collected, of a sosreport. */
  readonly sar?: SarReport | undefined;
  /** Present for a recording. */
  readonly replay: Replay | undefined;
  /** Calls `listen` after each change; listeners coalesce. */
  readonly subscribe: (listen: () => void) => () => void;
  readonly stop: () => Promise<void>;
}
