import { DaemonError } from '../protocol.ts';
import {
  calls,
  NOWAIT,
  STATS_GROUP,
  uuidText,
  type DomainRef,
  type Params,
  type ParamValue,
} from './libvirt-procedures.ts';
import { LibvirtError, whenSettled, within, type LibvirtSession } from './libvirt-session.ts';

/** Time limit of one call to a monitor, after which the domain counts as stuck. */
const CALL_TIMEOUT_MS = 1500;
/** Time in which a sweep starts new calls: with very many guests the rest is polled by the next sweep. */
const SWEEP_MS = 1000;
/** Concurrent calls to monitors while all respond. */
const MOST_LIVE = 2;
/**
 * Limit of unanswered calls. Each holds one of the daemon's twenty ordinary workers, and the daemon serves five calls of one
 * client at a time: the fifth slot is left for calls that need no monitor.
 */
const MOST_UNANSWERED = 4;
/** Time after which a monitor held by one command is not polled as well. */
const OCCUPIED_MS = 5000;

/** Period of job requests to a domain without a job; jobs of interest last longer. */
const JOB_MS = 10_000;

/** virDomainControlState: the holder of the monitor. */
const CONTROL = { ok: 0, job: 1, occupied: 2, error: 3 } as const;
/** virDomainJobType of an active job: bounded, unbounded. */
const ACTIVE: ReadonlySet<number> = new Set([1, 2]);
const PAUSED = 3;
const PAUSED_IO_ERROR = 5;

/** Names of kept figures: of some 60 KVM statistics per vCPU those that explain VM exits. */
const KEPT =
  /^(?:state\.|balloon\.|vcpu\.(?:current|maximum)$|vcpu\.\d+\.(?:state|time|wait|delay|halted|(?:exits|halt_exits|io_exits|mmio_exits|irq_exits|hypercalls|insn_emulation|pf_taken|signal_exits)\.sum)$|block\.(?:count$|\d+\.(?:name$|path$|rd\.|wr\.|fl\.|errors$|allocation$|capacity$|physical$)))/;

const GROUPS = STATS_GROUP.state | STATS_GROUP.balloon | STATS_GROUP.vcpu | STATS_GROUP.block;

/** Last reply of the monitor of one running domain. */
interface MonitorReply {
  readonly domain: DomainRef;
  /** Time of its figures by a monotonic clock, ms; rates come from two of these. */
  readonly atMs?: number;
  readonly tookMs?: number;
  readonly stats?: Readonly<Record<string, ParamValue>>;
  readonly job?: Readonly<Record<string, ParamValue>>;
  /** Time of the last job request. */
  readonly jobAtMs?: number;
  readonly diskErrors?: readonly { readonly disk: string; readonly error: number }[];
  /** Reason of missing newer figures. */
  readonly why?: string;
  /** Time that a command of any client has held the monitor, by virDomainGetControlInfo. */
  readonly occupiedMs?: number;
}

const keyOf = ({ uuid, id }: DomainRef): string => `${uuidText(uuid)} ${id}`;
const kept = (params: Params): Record<string, ParamValue> =>
  Object.fromEntries([...params].filter(([name]) => KEPT.test(name)));

/**
 * Poller of QEMU monitors, one call per domain: a frozen QEMU keeps its call forever, and in a call for all domains would
 * block every one. A domain with an unanswered call gets no other until that has returned; `virDomainGetControlInfo`, which
 * needs no monitor, shows before whether another client hangs in it already.
 */
export class Monitors {
  readonly #now: () => number;
  readonly #replies = new Map<string, MonitorReply>();
  /** Start time (ms) of the unanswered call, by domain. */
  readonly #stuck = new Map<string, number>();
  readonly #polledAt = new Map<string, number>();
  #live = 0;
  #skipped = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  async sweep(session: LibvirtSession, timeoutMs: number): Promise<string> {
    const started = this.#now();
    // The caller limits this: without a reply the list must not be requested again and again.
    const domains = (await session.call(calls.listDomains)).filter(({ id }) => id >= 0);
    this.#forget(new Set(domains.map(keyOf)));
    const waiting = domains.toSorted(
      (a, b) => (this.#polledAt.get(keyOf(a)) ?? 0) - (this.#polledAt.get(keyOf(b)) ?? 0),
    );
    const until = started + Math.min(SWEEP_MS, timeoutMs / 3);
    this.#skipped = 0;
    await Promise.all(Array.from({ length: MOST_LIVE }, () => this.#walk(session, waiting, until)));
    this.#skipped += waiting.length;
    return this.#snapshot(domains);
  }

  /** Drops the calls of a lost connection. Workers of the daemon still hang there: the control info shows them. */
  reset(): void {
    this.#stuck.clear();
    this.#live = 0;
  }

  async #walk(session: LibvirtSession, waiting: DomainRef[], until: number): Promise<void> {
    while (this.#now() < until && this.#live + this.#stuck.size < MOST_UNANSWERED) {
      const domain = waiting.shift();
      if (!domain) return;
      const key = keyOf(domain);
      if (this.#stuck.has(key)) continue;
      this.#polledAt.set(key, this.#now());
      this.#live++;
      try {
        await this.#one(session, domain, key);
      } catch (error) {
        if (session.lost) throw session.lost;
        if (error instanceof LibvirtError && error.gone) this.#replies.delete(key);
        else if (!this.#stuck.has(key))
          this.#note(domain, key, { why: error instanceof Error ? error.message : String(error) });
      } finally {
        this.#live--;
      }
    }
  }

  async #one(session: LibvirtSession, domain: DomainRef, key: string): Promise<void> {
    const control = await this.#limited(domain, key, session.call(calls.domainControl(domain)));
    if (control.state === CONTROL.error)
      return this.#note(domain, key, { why: 'monitor error (lost by libvirt)', occupiedMs: control.stateMs });
    if (control.state === CONTROL.occupied && control.stateMs >= OCCUPIED_MS)
      return this.#note(domain, key, { why: 'monitor occupied by another command', occupiedMs: control.stateMs });
    const started = this.#now();
    const records = await this.#limited(domain, key, session.call(calls.domainStats([domain], GROUPS, NOWAIT)));
    const stats = kept(records[0]?.stats ?? new Map());
    const stopped = stats['state.state'] === PAUSED && stats['state.reason'] === PAUSED_IO_ERROR;
    const diskErrors = stopped ? await this.#limited(domain, key, session.call(calls.diskErrors(domain))) : undefined;
    const atMs = this.#now();
    const before = this.#replies.get(key);
    // Control info shows a job only while that uses the monitor: a dump that waits for its disk does not.
    const due = before?.job !== undefined || atMs - (before?.jobAtMs ?? -Infinity) >= JOB_MS;
    const jobAtMs = due ? atMs : before?.jobAtMs;
    this.#replies.set(key, {
      domain,
      stats,
      atMs,
      tookMs: atMs - started,
      ...(before?.job && { job: before.job }),
      ...(jobAtMs !== undefined && { jobAtMs }),
      ...(diskErrors && { diskErrors }),
    });
    if (due || control.state === CONTROL.job) await this.#job(session, domain, key);
  }

  /** Requests the job, after the figures: it waits for the same lock, and without a job needs no monitor. */
  async #job(session: LibvirtSession, domain: DomainRef, key: string): Promise<void> {
    const job = await this.#limited(domain, key, session.call(calls.jobStats(domain))).catch((error: unknown) => {
      // An incoming migration is visible on its source host only.
      if (error instanceof LibvirtError) return undefined;
      throw error;
    });
    const { job: _, ...reply } = this.#replies.get(key) ?? { domain };
    const active = job && ACTIVE.has(job.type) ? { type: job.type, ...Object.fromEntries(job.params) } : undefined;
    this.#replies.set(key, { ...reply, ...(active && { job: active }) });
  }

  /** A reply within the time limit; without one the domain counts as stuck until it comes. */
  async #limited<Reply>(domain: DomainRef, key: string, reply: Promise<Reply>): Promise<Reply> {
    const since = this.#now();
    try {
      return await within(reply, CALL_TIMEOUT_MS, 'the monitor');
    } catch (error) {
      if (!(error instanceof DaemonError) || error.why !== 'timeout') throw error;
      this.#stuck.set(key, since);
      void whenSettled(reply, () => {
        if (this.#stuck.get(key) === since) this.#stuck.delete(key);
      });
      this.#note(domain, key, { why: 'monitor timeout' });
      throw error;
    }
  }

  /** Keeps the last figures, with the reason of missing newer ones. */
  #note(domain: DomainRef, key: string, why: Pick<MonitorReply, 'why' | 'occupiedMs'>): void {
    const { why: _, occupiedMs: __, ...before } = this.#replies.get(key) ?? { domain };
    this.#replies.set(key, { ...before, ...why });
  }

  #forget(present: ReadonlySet<string>): void {
    for (const map of [this.#replies, this.#stuck, this.#polledAt])
      for (const key of map.keys()) if (!present.has(key)) map.delete(key);
  }

  #snapshot(domains: readonly DomainRef[]): string {
    const now = this.#now();
    return JSON.stringify({
      atMs: now,
      notAsked: this.#skipped,
      unanswered: this.#stuck.size,
      domains: domains.map((domain) => {
        const key = keyOf(domain);
        const { domain: _, jobAtMs: __, ...reply } = this.#replies.get(key) ?? { domain };
        const since = this.#stuck.get(key);
        return {
          name: domain.name,
          uuid: uuidText(domain.uuid),
          id: domain.id,
          ...reply,
          ...(since !== undefined && { stuckMs: now - since, why: 'monitor timeout' }),
        };
      }),
    });
  }
}
