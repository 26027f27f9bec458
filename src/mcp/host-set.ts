import type { Session } from '../collect/session.ts';
import { learnSession } from '../exports/redacted-output.ts';
import type { ScreenRedaction } from '../redact/screen-redaction.ts';

/** Session of a host or a file, with readings on its timeline. */
export interface OpenHost extends AsyncDisposable {
  readonly session: Session;
  /** Start of what is known. */
  readonly fromMs: number;
  readonly nowMs: () => number;
  /** Sentences about unreadable parts of a file. */
  readonly problems: readonly string[];
}

/** Host at the time of a request. */
export interface HostAt extends OpenHost {
  readonly id: string;
  readonly atMs: number;
}

export type HostState =
  | { readonly id: string; readonly state: 'connecting' }
  | { readonly id: string; readonly state: 'failed'; readonly reason: string }
  | { readonly id: string; readonly state: 'ready'; readonly host: OpenHost };

/** Request that cannot be answered; the message is for the client. */
export class RequestError extends Error {
  override readonly name = 'RequestError';
}

interface Slot {
  state: HostState;
  readonly opened: Promise<OpenHost>;
  /** End of the last request: two of them would move one cursor. */
  last: Promise<unknown>;
}

/** Hosts and files of the command line by id (`h1`, `h2`), opened at the start without being waited for. */
export class HostSet implements AsyncDisposable {
  readonly #slots: ReadonlyMap<string, Slot>;
  readonly #redaction: ScreenRedaction | undefined;

  constructor(openers: readonly (() => Promise<OpenHost>)[], redaction: ScreenRedaction | undefined) {
    this.#redaction = redaction;
    this.#slots = new Map(openers.map((open, i) => [`h${i + 1}`, this.#slot(`h${i + 1}`, open)]));
  }

  #slot(id: string, open: () => Promise<OpenHost>): Slot {
    const opened = open();
    const slot: Slot = { state: { id, state: 'connecting' }, opened, last: Promise.resolve() };
    void this.#settle(slot);
    return slot;
  }

  async #settle(slot: Slot): Promise<void> {
    const { id } = slot.state;
    try {
      slot.state = { id, state: 'ready', host: await slot.opened };
    } catch (error) {
      slot.state = { id, state: 'failed', reason: messageOf(error) };
    }
  }

  /** States of all, in order. Names of the hosts that are ready are learned. */
  states(): readonly HostState[] {
    this.#learn();
    return [...this.#slots.values()].map(({ state }) => state);
  }

  /**
   * Takes an answer of a host at a time, after the answers before it. Without an id it is the only host, without a time now, or the end of
   * a recording. Rejects with a RequestError.
   */
  async at<Answer>(
    id: string | undefined,
    time: string | undefined,
    take: (host: HostAt) => Answer | Promise<Answer>,
  ): Promise<Answer> {
    const [only, ...others] = this.#slots.keys();
    if (id === undefined && others.length > 0)
      throw new RequestError(`host: one of ${[...this.#slots.keys()].join(', ')} (list_hosts)`);
    const slot = this.#slots.get(id ?? only ?? '');
    if (!slot) throw new RequestError(`no host "${id}"; one of ${[...this.#slots.keys()].join(', ')} (list_hosts)`);
    const turn = slot.last.then(async () => {
      const host = await slot.opened.catch((error: unknown) => {
        throw new RequestError(`host not reached: ${messageOf(error)}`, { cause: error }); // prettier-ignore
      });
      const wantedMs = time === undefined ? undefined : timeOf(time, host);
      await moveTo(host, wantedMs);
      this.#learn();
      return take({ ...host, id: slot.state.id, atMs: wantedMs ?? host.nowMs() });
    });
    slot.last = turn.catch(() => undefined);
    return turn;
  }

  /** Learns the names of all hosts that are ready: one of them may stand in the readings of another. */
  #learn(): void {
    for (const { state } of this.#slots.values())
      if (state.state === 'ready') learnSession(this.#redaction, state.host.session);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const ready = [...this.#slots.values()].flatMap(({ state }) => (state.state === 'ready' ? [state.host] : []));
    await Promise.allSettled(ready.map((host) => host[Symbol.asyncDispose]()));
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Moves the cursor of a session: back to a time, or to now. */
async function moveTo({ session: { replay, timeline } }: OpenHost, atMs: number | undefined): Promise<void> {
  if (!replay) return timeline.seek(atMs);
  const wantedMs = atMs ?? replay.endMs;
  if (replay.positionMs() !== wantedMs) await replay.seek(wantedMs);
  return undefined;
}

/** Time of a request within what is known of a host. Throws a RequestError. */
export function timeOf(text: string, { session: { replay }, fromMs, nowMs }: OpenHost): number {
  const ms = Date.parse(text);
  if (Number.isNaN(ms)) throw new RequestError(`invalid time "${text}", expected as 2026-05-01T14:02:00Z`);
  const untilMs = replay?.endMs ?? nowMs();
  if (ms >= fromMs && ms <= untilMs) return ms;
  throw new RequestError(
    `${text} is outside of what is known: ${new Date(fromMs).toISOString()} to ${new Date(untilMs).toISOString()}`,
  );
}
