import { plain } from '../lib/plain.ts';
import { Backoff } from './backoff.ts';
import type { RootState } from './host.ts';
import type { Lane } from './lane.ts';
import { lastLine, openRootLane, openRootLaneWithPassword, StartError, type Opened } from './open-lane.ts';
import type { Transport } from './transport.ts';

/** A connection and the login user's lane on it. */
export interface Line {
  readonly transport: Transport;
  readonly user: Lane;
}

export interface RootAccessOptions {
  readonly nowMs: () => number;
  /** Undefined while the connection or the login user's collector is down. */
  readonly line: () => Line | undefined;
  readonly audit: (lane: Lane, command: string, why: string, exit?: number) => void;
  /** The lane has ended by itself. */
  readonly onEnd: (lane: Lane) => void;
  readonly onChange: () => void;
}

/**
 * The root lane of a host: opened by `sudo -n` or a password, and opened again when it ends. By `sudo -n` that happens
 * with growing waits; a password is not kept, so the person has to enter it again.
 */
export class RootAccess {
  readonly #options: RootAccessOptions;
  readonly #backoff: Backoff;
  #state: RootState = { state: 'none', detail: 'not asked yet' };
  #lane: Lane | undefined;
  /** How root was reached last. */
  #by: 'sudo -n' | 'password' | undefined;
  #transport: Transport | undefined;
  #timer: NodeJS.Timeout | undefined;
  /** A try that is due as soon as the login user's collector runs again: sshd may grant one session only. */
  #waitsForUser = false;
  #trying: Promise<void> | undefined;

  constructor(options: RootAccessOptions) {
    this.#options = options;
    this.#backoff = new Backoff(options.nowMs);
  }

  get lane(): Lane | undefined {
    return this.#lane;
  }

  get state(): RootState {
    return this.#state;
  }

  /** A new connection: the login's own rights, or one try of `sudo -n`. */
  async connected(line: Line): Promise<void> {
    this.#transport = line.transport;
    if (line.user.uid === 0) {
      this.#lane = line.user;
      this.#set({ state: 'root' });
      return;
    }
    this.#set({ state: 'none', detail: 'asking sudo' });
    await this.#try(line);
  }

  /** The login user's collector runs again on the same connection; root's may never have ended. */
  restarted(line: Line): void {
    if (line.user.uid === 0) this.#lane = line.user;
    else if (this.#waitsForUser) void this.#again();
  }

  /** The login user's collector has ended; for a login as root it was root's too. */
  userEnded(lane: Lane): void {
    if (this.#lane === lane) this.#lane = undefined;
  }

  /** The connection is gone, and every lane on it. */
  disconnected(): void {
    this.#calm();
    this.#transport = undefined;
    this.#trying = undefined;
    this.#lane = undefined;
  }

  /** `sudo -n` now, without waiting for its turn; `undefined` when it worked, else why not. */
  async reopen(): Promise<string | undefined> {
    if (!this.#options.line()) return 'not connected';
    await this.#again();
    return 'detail' in this.#state ? this.#state.detail : undefined;
  }

  /** One try with a password, which is not kept; `undefined` when it worked, else why not. */
  async unlock(password: string): Promise<string | undefined> {
    const line = this.#options.line();
    if (!line) return 'not connected';
    try {
      const opened = await openRootLaneWithPassword(line.transport, line.user, password);
      this.#adopt(opened, opened.passwordAsked ? 'password' : 'sudo -n', line);
      return undefined;
    } catch (error) {
      const why = whyNot(error);
      if (refusalOf(error) === 'forbidden' && !this.#lane) {
        this.#calm();
        const detail = 'sudo: this user may not become root on this host';
        this.#set({ state: 'none', detail });
        return detail;
      }
      // No colon after the word: what follows one is taken for the secret itself, and covered.
      return error instanceof StartError && error.exit !== undefined
        ? `sudo did not accept the password (${why})`
        : `sudo did not let us in: ${why}`;
    }
  }

  /** One at a time, whether the clock or the person asks for it. */
  #again(): Promise<void> {
    this.#calm();
    const line = this.#options.line();
    if (this.#lane || !this.#transport) return Promise.resolve();
    if (!line) {
      this.#waitsForUser = true;
      return Promise.resolve();
    }
    if (this.#trying) return this.#trying;
    this.#backoff.tried();
    const trying = this.#try(line).finally(() => {
      if (this.#trying === trying) this.#trying = undefined;
    });
    this.#trying = trying;
    return trying;
  }

  async #try(line: Line): Promise<void> {
    try {
      this.#adopt(await openRootLane(line.transport, line.user), 'sudo -n', line);
    } catch (error) {
      if (this.#transport !== line.transport || this.#lane) return;
      const state = this.#afterFailure(error);
      const detail = 'detail' in state ? state.detail : '';
      this.#options.audit(
        line.user,
        'sudo -n',
        `probe: ${detail}`,
        error instanceof StartError ? error.exit : undefined,
      );
      this.#set(state);
    }
  }

  #afterFailure(error: unknown): RootState {
    const refused = refusalOf(error);
    if (refused === 'password' && this.#by !== 'password')
      return { state: 'password', detail: 'sudo wants a password' };
    if (this.#by === 'password') return this.#lost('the root collector ended with the connection');
    if (this.#by === 'sudo -n' && refused === undefined) return this.#lost(whyNot(error), this.#later());
    if (mayPass(error)) this.#later();
    return { state: 'none', detail: `no root: ${whyNot(error)}` };
  }

  #adopt(opened: Opened, by: 'sudo -n' | 'password', line: Line): void {
    if (this.#transport !== line.transport || this.#lane) return opened.lane.close();
    this.#calm();
    this.#lane = opened.lane;
    this.#by = by;
    this.#backoff.started();
    const how = by === 'password' ? 'sudo password entered' : 'sudo without a password';
    this.#options.audit(opened.lane, opened.command, `root collector: ${how}`);
    void this.#watch(opened.lane, by);
    this.#set({ state: 'root' });
  }

  async #watch(lane: Lane, by: 'sudo -n' | 'password'): Promise<void> {
    const why = plain(await lane.ended);
    if (this.#lane !== lane) return;
    this.#lane = undefined;
    this.#backoff.ended();
    this.#options.onEnd(lane);
    this.#set(this.#lost(why, by === 'sudo -n' ? this.#later() : undefined));
  }

  #lost(detail: string, retryAtMs?: number): RootState {
    const sinceMs = this.#state.state === 'lost' ? this.#state.sinceMs : this.#options.nowMs();
    return { state: 'lost', sinceMs, detail, ...(retryAtMs === undefined ? {} : { retryAtMs }) };
  }

  /** When the next try comes, ms since 1970. */
  #later(): number {
    this.#calm();
    const waitMs = this.#backoff.waitMs();
    this.#timer = setTimeout(() => void this.#again(), waitMs);
    return this.#options.nowMs() + waitMs;
  }

  #calm(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#waitsForUser = false;
  }

  #set(state: RootState): void {
    this.#state = state;
    this.#options.onChange();
  }
}

const PASSWORD = /password is required|a terminal is required|interactive authentication/i;
const FORBIDDEN = /not in the sudoers file|not allowed to (run|execute)|may not run sudo/i;
/** A shortage of the host, not a rule of it: sudo or the shell before it could not start a program. */
const SHORTAGE = /\bfork\b|temporarily unavailable|cannot allocate|out of memory|too many open files|no space left/i;

/** What sudo answered for good; undefined where it may answer otherwise the next time. */
function refusalOf(error: unknown): 'password' | 'forbidden' | undefined {
  if (!(error instanceof StartError)) return undefined;
  if (PASSWORD.test(error.said)) return 'password';
  return FORBIDDEN.test(error.said) ? 'forbidden' : undefined;
}

/** Validity a second try where root was never reached: no answer came, or the host was short of something. */
const mayPass = (error: unknown): boolean =>
  !(error instanceof StartError) || error.exit === undefined || SHORTAGE.test(error.said);

const whyNot = (error: unknown): string =>
  plain(
    lastLine(error instanceof StartError ? error.said : '') ?? (error instanceof Error ? error.message : String(error)),
  );
