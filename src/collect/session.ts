import type { AuditEntry } from '../host/audit.ts';
import type { Host, LinkState, LiveHost, Missing, Read, RootState } from '../host/host.ts';
import type { Found } from '../findings/finding.ts';
import type { Timeline } from '../timeline/timeline.ts';
import type { Severity } from '../theme.ts';
import type { BoundDetail } from '../sources/source.ts';

/** A finding with its life: since when it stands; one that was past and is present again begins again. */
export interface StandingFinding extends Found {
  readonly rule: string;
  readonly key: string;
  readonly sinceMs: number;
  readonly seenMs: number;
}

/** A time worth going to: a finding that began, a marker, a note. */
export interface Mark {
  readonly wallMs: number;
  readonly kind: 'marker' | 'note' | 'finding';
  readonly severity?: Severity | undefined;
  /** Of the finding. */
  readonly key?: string | undefined;
  readonly text: string;
}

/** Recorded time, and moving about in it. */
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
  /** Resolves when what was known then is on the timeline. */
  readonly seek: (wallMs: number) => Promise<void>;
}

/** What one source costs and how it fares. */
export interface SourceStatus {
  readonly id: string;
  readonly everySeconds: number;
  /** Longer than `everySeconds` when stretched to keep the budget. */
  readonly periodSeconds: number;
  readonly tookMs: number | undefined;
  /** Of all its readings; undefined where it was not counted, as in a recording. */
  readonly bytes: number | undefined;
  readonly reads: number;
  /** In flight since (engineer's clock), when it does not answer. */
  readonly waitingSinceMs: number | undefined;
  readonly missing: Readonly<Record<string, Missing>>;
}

export interface Status {
  readonly link: LinkState;
  readonly root: RootState | undefined;
  readonly transport: string;
  /** Share of one core of the host that our collector used lately, percent; undefined until measured. */
  readonly hostCpuPct: number | undefined;
  readonly budgetPct: number;
  readonly wireBytesPerSec: number | undefined;
  /** True when sources are read less often than they ask, to keep the budget. */
  readonly stretched: boolean;
  readonly sources: readonly SourceStatus[];
}

/** All that the screen knows of what lies below it: one host, watched. */
export interface Session {
  readonly host: Host;
  /** Present when the host is really there. */
  readonly live: LiveHost | undefined;
  readonly timeline: Timeline;
  readonly status: () => Status;
  /** Those of now; while somebody looks back, those of then. */
  readonly findings: () => readonly StandingFinding[];
  /** Which sources must be read at full rate: what is on screen. Findings and tiles keep the rest at their pace. */
  readonly show: (sourceIds: readonly string[]) => void;
  /** Reads a detail once: sample and what was missing. */
  readonly look: (
    detail: BoundDetail,
  ) => Promise<{ readonly sample: unknown; readonly missing: Readonly<Record<string, Missing>> }>;
  /** Last raw answer to each read of a source, as the host gave it (hostile text). */
  readonly raw: (sourceId: string) => readonly { readonly read: Read; readonly text: string }[];
  readonly audit: () => readonly AuditEntry[];
  /** In the order of time. */
  readonly marks: () => readonly Mark[];
  /** Sets a marker now, or a note when there are words; undefined where nothing can be added (a replay). */
  readonly mark: ((text: string) => void) | undefined;
  /** Present when the host is a recording. */
  readonly replay: Replay | undefined;
  /** Called when anything above changed; coalesce in the listener. */
  readonly subscribe: (listen: () => void) => () => void;
  readonly stop: () => Promise<void>;
}
