import { plain } from '../lib/plain.ts';
import { Backoff } from './backoff.ts';
import type { RootState, UnlockOutcome } from './host.ts';
import type { Lane } from './lane.ts';
import { lastLine, openRootLane, openRootLaneWithPassword, StartError, type LaneStart } from './open-lane.ts';
import type { Transport } from './transport.ts';

/** Connection and the login user's lane on it. */
export interface UserConnection {
  readonly transport: Transport;
  readonly user: Lane;
}

export interface RootAccessOptions {
  readonly nowMs: () => number;
  /** Undefined while the connection or the login user's collector is down. */
  readonly connection: () => UserConnection | undefined;
  readonly audit: (lane: Lane, command: string, why: string, exit?: number) => void;
  /** Called when the lane has ended by itself. */
  readonly onEnd: (lane: Lane) => void;
  readonly onChange: () => void;
}

/**
 * RootAccess opens the root lane of a host by `sudo -n` or a password, and again when it ends: by `sudo -n` with growing
 * waits; a password is not kept, so it has to be entered again.
 */
export class RootAccess {
  readonly #options: RootAccessOptions;
  readonly #backoff: Backoff;
  #state: RootState = { state: 'none', detail: 'sudo -n not run yet' };
  #lane: Lane | undefined;
  /** Method of the last root lane. */
  #by: 'sudo -n' | 'password' | undefined;
  #transport: Transport | undefined;
  #timer: NodeJS.Timeout | undefined;
  /** A try is due once the login user's collector runs again: sshd may grant one session only. */
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

  /** Uses the rights of a new login as root, or tries `sudo -n` once. */
  async connected(line: UserConnection): Promise<void> {
    this.#transport = line.transport;
    if (line.user.uid === 0) {
      this.#lane = line.user;
      this.#set({ state: 'root' });
      return;
    }
    this.#set({ state: 'none', detail: 'sudo -n running' });
    await this.#try(line);
  }

  /** The login user's collector runs again on the same connection; root's may still run. */
  restarted(line: UserConnection): void {
    if (line.user.uid === 0) this.#lane = line.user;
    else if (this.#waitsForUser) void this.#again();
  }

  /** The login user's collector has ended; for a login as root that is the root lane. */
  userEnded(lane: Lane): void {
    if (this.#lane === lane) this.#lane = undefined;
  }

  /** The connection is gone, and every lane on it. */
  disconnected(): void {
    this.#cancelRetry();
    this.#transport = undefined;
    this.#trying = undefined;
    this.#lane = undefined;
  }

  /** Runs `sudo -n` now; undefined on success, else the reason. */
  async reopen(): Promise<string | undefined> {
    if (!this.#options.connection()) return 'not connected';
    await this.#again();
    return 'detail' in this.#state ? this.#state.detail : undefined;
  }

  /** Tries a password once, which is not kept. */
  async unlock(password: string): Promise<UnlockOutcome> {
    const line = this.#options.connection();
    if (!line) return { reason: 'not connected', password: 'not asked' };
    // A glance has not tried sudo on its connection.
    this.#transport ??= line.transport;
    if (line.user.uid === 0) {
      this.restarted(line);
      this.#set({ state: 'root' });
      return { reason: undefined, password: 'not asked' };
    }
    let isAsked = false;
    const onAsked = () => {
      isAsked = true;
    };
    try {
      const opened = await openRootLaneWithPassword(line.transport, line.user, password, onAsked);
      this.#adopt(opened, isAsked ? 'password' : 'sudo -n', line);
      return { reason: undefined, password: isAsked ? 'accepted' : 'not asked' };
    } catch (error) {
      const why = whyNot(error);
      const exit = error instanceof StartError ? error.exit : undefined;
      this.#options.audit(line.user, 'sudo -S', `unlock: ${why}`, exit);
      if (refusalOf(error) === 'forbidden' && !this.#lane) {
        this.#cancelRetry();
        const detail = 'sudo: user not allowed to run commands as root';
        this.#set({ state: 'none', detail });
        // sudo looks at the password before the list of commands.
        return { reason: detail, password: isAsked ? 'accepted' : 'not asked' };
      }
      // No colon after `password`: maskSecrets takes the text after one for the secret.
      return isAsked && exit !== undefined
        ? { reason: `sudo refused the password (${why})`, password: 'refused' }
        : { reason: `sudo failed: ${why}`, password: isAsked ? 'refused' : 'not asked' };
    }
  }

  /** One try at a time, by timer or by key. */
  #again(): Promise<void> {
    this.#cancelRetry();
    const line = this.#options.connection();
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

  async #try(line: UserConnection): Promise<void> {
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
      return { state: 'password', detail: 'sudo: a password is required' };
    if (this.#by === 'password') return this.#lost('root collector ended with the connection');
    if (this.#by === 'sudo -n' && refused === undefined) return this.#lost(whyNot(error), this.#later());
    if (mayPass(error)) this.#later();
    return { state: 'none', detail: `no root: ${whyNot(error)}` };
  }

  #adopt(opened: LaneStart, by: 'sudo -n' | 'password', line: UserConnection): void {
    if (this.#transport !== line.transport || this.#lane) return opened.lane.close();
    this.#cancelRetry();
    this.#lane = opened.lane;
    this.#by = by;
    this.#backoff.started();
    const how = by === 'password' ? 'sudo -S' : 'sudo -n';
    this.#options.audit(opened.lane, opened.command, `root collector (${how}): ${opened.program} on stdin`);
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

  /** Schedules the next try; its time in epoch ms. */
  #later(): number {
    this.#cancelRetry();
    const waitMs = this.#backoff.waitMs();
    this.#timer = setTimeout(() => void this.#again(), waitMs);
    return this.#options.nowMs() + waitMs;
  }

  #cancelRetry(): void {
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
/** Shortage on the host, not a rule: sudo or the shell before it could not start a program. */
const SHORTAGE = /\bfork\b|temporarily unavailable|cannot allocate|out of memory|too many open files|no space left/i;

/** Permanent refusal of sudo; undefined where the next try may succeed. */
function refusalOf(error: unknown): 'password' | 'forbidden' | undefined {
  if (!(error instanceof StartError)) return undefined;
  if (PASSWORD.test(error.stderr)) return 'password';
  return FORBIDDEN.test(error.stderr) ? 'forbidden' : undefined;
}

/** Whether a retry may help where root was never reached: no reply, or a shortage on the host. */
const mayPass = (error: unknown): boolean =>
  !(error instanceof StartError) || error.exit === undefined || SHORTAGE.test(error.stderr);

const whyNot = (error: unknown): string =>
  plain(
    lastLine(error instanceof StartError ? error.stderr : '') ??
      (error instanceof Error ? error.message : String(error)),
  );
