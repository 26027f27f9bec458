import type { AuditEntry } from '../host/audit.ts';
import type { LiveSession } from '../collect/live-session.ts';
import type { StandingFinding } from '../collect/session.ts';
import type { AuditEvent, MarkerEvent, StatusEvent, TerminalEvent } from './events.ts';
import { secretsOnly, type Redaction } from '../redact/stream-redactor.ts';
import { TerminalRedactors } from '../redact/terminal-redactors.ts';
import { Recorder, type RecorderOptions, type RecorderState } from './recorder.ts';

const POLL_MS = 500;

/** Recorder of a live session: readings, findings, marks, audit log, connection state. */
export class SessionRecorder {
  readonly #recorder: Recorder;
  readonly #session: LiveSession;
  readonly #nowMs: () => number;
  readonly #redactors: TerminalRedactors;
  readonly #stops: (() => void)[];
  readonly #written = new Map<string, { readonly subject: string; readonly sentence: string }>();
  #audited: AuditEntry | undefined;
  #status = '';
  #marked = 0;
  /** Terminals that were opened or resized in a gap, written with their next output. */
  readonly #unwritten = new Map<string, TerminalEvent>();

  private constructor(session: LiveSession, recorder: Recorder, nowMs: () => number, redaction: Redaction) {
    this.#redactors = new TerminalRedactors(redaction);
    this.#session = session;
    this.#recorder = recorder;
    this.#nowMs = nowMs;
    const timer = setInterval(() => this.#poll(), POLL_MS);
    this.#stops = [
      session.onRound(({ source, asked, wallMs, tookMs, look }) =>
        recorder.sample(source, asked, wallMs, tookMs, look),
      ),
      () => clearInterval(timer),
    ];
    this.#poll();
  }

  /** Creates the file. Rejects when it exists or cannot be created. */
  static async start(
    session: LiveSession,
    options: Omit<RecorderOptions, 'host' | 'kind' | 'sinceMs'>,
    /** Redaction of the output of tools' terminals. */
    redaction: Redaction = secretsOnly,
  ): Promise<SessionRecorder> {
    const { name, kind } = session.host;
    const recorder = await Recorder.start({ ...options, host: name, kind, sinceMs: session.keptSinceMs() });
    return new SessionRecorder(session, recorder, options.nowMs, redaction);
  }

  readonly state = (): RecorderState => this.#recorder.state();

  /** Adds output of crashcart's own screen (`screen`) or of a tool's terminal. */
  output(terminal: string, data: string): void {
    if (this.#recorder.isPaused) return;
    const opened = this.#unwritten.get(terminal);
    this.#unwritten.delete(terminal);
    if (opened) this.#recorder.add({ ...opened, t: this.#nowMs() });
    this.#add(terminal, this.#redactors.push(terminal, data));
  }

  #add(terminal: string, data: string): void {
    if (data !== '') this.#recorder.add({ e: 'output', t: this.#nowMs(), terminal, data });
  }

  /** Adds the start of a terminal, or its new size. */
  terminal(terminal: string, title: string, columns: number, rows: number): void {
    this.#redactors.size(terminal, columns);
    const event: TerminalEvent = { e: 'terminal', t: this.#nowMs(), terminal, title, columns, rows };
    if (this.#recorder.isPaused) this.#unwritten.set(terminal, event);
    else this.#recorder.add(event);
  }

  /** Begins a gap: readings, marks, commands and output until `resume` are in no file. */
  pause(): void {
    this.#poll();
    this.#release();
    this.#recorder.pause();
  }

  resume(): void {
    this.#recorder.resume();
  }

  /** Writes output that was held for redaction. */
  #release(): void {
    for (const [terminal, data] of this.#redactors.end()) this.#add(terminal, data);
  }

  async stop(): Promise<RecorderState> {
    for (const stop of this.#stops) stop();
    this.#poll();
    this.#release();
    return this.#recorder.close();
  }

  #poll(): void {
    // What starts in a gap and still is there after it is written then.
    if (this.#recorder.isPaused) return;
    const t = this.#nowMs();
    for (const [terminal, data] of this.#redactors.idle()) this.#add(terminal, data);
    const audit = this.#session.audit();
    for (const { wallMs, ...entry } of audit.slice(this.#audited ? audit.lastIndexOf(this.#audited) + 1 : 0)) {
      const event: AuditEvent = { e: 'audit', t: wallMs, ...entry };
      this.#recorder.add(event);
    }
    this.#audited = audit.at(-1);
    const marks = this.#session.marks();
    for (const { kind, wallMs, text } of marks.slice(this.#marked)) {
      const event: MarkerEvent = { e: 'marker', t: wallMs, text };
      // Findings are recorded with start and end, below.
      if (kind !== 'finding') this.#recorder.add(event);
    }
    this.#marked = marks.length;
    this.#findings(t, this.#session.standing());
    this.#lineState(t);
  }

  #findings(t: number, standing: readonly StandingFinding[]): void {
    const now = new Map(standing.map((finding) => [finding.key, finding]));
    for (const [key, { subject, severity, sentence, readMs = t }] of now) {
      // Found in a gap, and not read again since.
      if (this.#recorder.isLeftOut(readMs, readMs)) continue;
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
