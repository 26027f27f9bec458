import type { AuditEntry } from '../host/audit.ts';
import type { LiveSession } from '../collect/live-session.ts';
import type { StandingFinding } from '../collect/session.ts';
import type { AuditEvent, MarkerEvent, StatusEvent } from './events.ts';
import { secretsOnly, type Covering } from '../redact/stream-cover.ts';
import { TerminalCovers } from '../redact/terminal-covers.ts';
import { Recorder, type RecorderOptions, type RecorderState } from './recorder.ts';

const LOOK_MS = 500;

/** Writes down a session while it goes on: readings, findings, marks, the audit log, the state of the line. */
export class SessionRecorder {
  readonly #recorder: Recorder;
  readonly #session: LiveSession;
  readonly #nowMs: () => number;
  readonly #covers: TerminalCovers;
  readonly #stops: (() => void)[];
  readonly #written = new Map<string, { readonly subject: string; readonly sentence: string }>();
  #audited: AuditEntry | undefined;
  #status = '';
  #marked = 0;

  private constructor(session: LiveSession, recorder: Recorder, nowMs: () => number, covering: Covering) {
    this.#covers = new TerminalCovers(covering);
    this.#session = session;
    this.#recorder = recorder;
    this.#nowMs = nowMs;
    const timer = setInterval(() => this.#look(), LOOK_MS);
    this.#stops = [
      session.onRound(({ source, asked, wallMs, tookMs, look }) =>
        recorder.sample(source, asked, wallMs, tookMs, look),
      ),
      () => clearInterval(timer),
    ];
    this.#look();
  }

  /** Rejects when the file exists or cannot be made. */
  static async start(
    session: LiveSession,
    options: Omit<RecorderOptions, 'host' | 'kind'>,
    /** What is taken out of the bytes of tools' terminals. */
    covering: Covering = secretsOnly,
  ): Promise<SessionRecorder> {
    const { name, kind } = session.host;
    const recorder = await Recorder.start({ ...options, host: name, kind });
    return new SessionRecorder(session, recorder, options.nowMs, covering);
  }

  readonly state = (): RecorderState => this.#recorder.state();

  /** What was written to a terminal: the engineer's own (`screen`), or a tool's. */
  output(terminal: string, data: string): void {
    this.#add(terminal, this.#covers.push(terminal, data));
  }

  #add(terminal: string, data: string): void {
    if (data !== '') this.#recorder.add({ e: 'output', t: this.#nowMs(), terminal, data });
  }

  /** A terminal begins, or has another size from now on. */
  terminal(terminal: string, title: string, columns: number, rows: number): void {
    this.#covers.size(terminal, columns);
    this.#recorder.add({ e: 'terminal', t: this.#nowMs(), terminal, title, columns, rows });
  }

  async stop(): Promise<RecorderState> {
    for (const stop of this.#stops) stop();
    this.#look();
    for (const [terminal, data] of this.#covers.end()) this.#add(terminal, data);
    return this.#recorder.close();
  }

  #look(): void {
    const t = this.#nowMs();
    for (const [terminal, data] of this.#covers.idle()) this.#add(terminal, data);
    const audit = this.#session.audit();
    for (const { wallMs, ...entry } of audit.slice(this.#audited ? audit.lastIndexOf(this.#audited) + 1 : 0)) {
      const event: AuditEvent = { e: 'audit', t: wallMs, ...entry };
      this.#recorder.add(event);
    }
    this.#audited = audit.at(-1);
    const marks = this.#session.marks();
    for (const { kind, wallMs, text } of marks.slice(this.#marked)) {
      const event: MarkerEvent = { e: 'marker', t: wallMs, text };
      // Findings are told with their life, below.
      if (kind !== 'finding') this.#recorder.add(event);
    }
    this.#marked = marks.length;
    this.#findings(t, this.#session.standing());
    this.#lineState(t);
  }

  #findings(t: number, standing: readonly StandingFinding[]): void {
    const now = new Map(standing.map((finding) => [finding.key, finding]));
    for (const [key, { subject, severity, sentence }] of now) {
      const before = this.#written.get(key);
      if (before?.sentence === sentence && before.subject === subject) continue;
      this.#written.set(key, { subject, sentence });
      this.#recorder.add({ e: 'finding', t, key, subject, state: 'stands', severity, sentence });
    }
    for (const [key, { subject, sentence }] of this.#written) {
      if (now.has(key)) continue;
      this.#written.delete(key);
      this.#recorder.add({ e: 'finding', t, key, subject, state: 'ended', severity: 'info', sentence });
    }
  }

  #lineState(t: number): void {
    const { link, root, transport, hostCpuPct, wireBytesPerSec } = this.#session.status();
    const event: StatusEvent = { e: 'status', t, link, root, transport, hostCpuPct, wireBytesPerSec };
    const words = JSON.stringify({ ...event, t: 0 });
    if (words === this.#status) return;
    this.#status = words;
    this.#recorder.add(event);
  }
}
