import { TalkError } from '../protocol.ts';
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

/** A QEMU that has not told its figures by then is called stuck. */
const PATIENCE_MS = 1500;
/** How long new questions are asked in one sweep: with very many guests the others have their turn in the next. */
const SWEEP_MS = 1000;
/** Questions that wait for a QEMU at one time, as long as all goes well. */
const MOST_LIVE = 2;
/**
 * Unanswered questions in all. Each holds one of the daemon's twenty ordinary workers, and the daemon serves five calls of one
 * client at a time: the fifth place is left for what needs no monitor.
 */
const MOST_UNANSWERED = 4;
/** A monitor that one command of somebody has held for so long is not asked by us as well. */
const OCCUPIED_MS = 5000;

/** A domain without a job is asked for one this often: a job that is worth a look lasts longer. */
const JOB_MS = 10_000;

/** virDomainControlState: who has the monitor now. */
const CONTROL = { ok: 0, job: 1, occupied: 2, error: 3 } as const;
/** virDomainJobType: a job that has an end, and one that has none. */
const UNDER_WAY: ReadonlySet<number> = new Set([1, 2]);
const PAUSED = 3;
const PAUSED_IO_ERROR = 5;

/** Of some 60 figures for each vCPU that KVM has, those that say why it leaves the guest. */
const KEPT =
  /^(?:state\.|balloon\.|vcpu\.(?:current|maximum)$|vcpu\.\d+\.(?:state|time|wait|delay|halted|(?:exits|halt_exits|io_exits|mmio_exits|irq_exits|hypercalls|insn_emulation|pf_taken|signal_exits)\.sum)$|block\.(?:count$|\d+\.(?:name$|path$|rd\.|wr\.|fl\.|errors$|allocation$|capacity$|physical$)))/;

const GROUPS = STATS_GROUP.state | STATS_GROUP.balloon | STATS_GROUP.vcpu | STATS_GROUP.block;

/** What is known of one running domain's monitor. */
interface MonitorReply {
  readonly domain: DomainRef;
  /** Our clock, ms: when its figures came. Rates come from two of these. */
  readonly atMs?: number;
  readonly tookMs?: number;
  readonly stats?: Readonly<Record<string, ParamValue>>;
  readonly job?: Readonly<Record<string, ParamValue>>;
  /** When it was last asked for a job. */
  readonly jobAtMs?: number;
  readonly diskErrors?: readonly { readonly disk: string; readonly error: number }[];
  /** Why there are no newer figures. */
  readonly why?: string;
  /** For how long a command of anybody has held the monitor, as libvirt tells. */
  readonly occupiedMs?: number;
}

const keyOf = ({ uuid, id }: DomainRef): string => `${uuidText(uuid)} ${id}`;
const kept = (params: Params): Record<string, ParamValue> =>
  Object.fromEntries([...params].filter(([name]) => KEPT.test(name)));

/**
 * The figures that only a QEMU itself can tell, asked domain by domain: one that is frozen keeps its call for ever, and in
 * a call for all domains would silence every one. A domain whose call is unanswered is not asked again until that has come
 * back; `virDomainGetControlInfo`, which needs no monitor, tells before whether somebody else hangs in it already.
 */
export class Monitors {
  readonly #now: () => number;
  readonly #told = new Map<string, MonitorReply>();
  /** Since when (ms) a call of ours waits there. */
  readonly #stuck = new Map<string, number>();
  readonly #asked = new Map<string, number>();
  #live = 0;
  #skipped = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  async sweep(session: LibvirtSession, timeoutMs: number): Promise<string> {
    const started = this.#now();
    // Not limited here: the asker is, and a daemon that does not answer this must not be asked it again and again.
    const domains = (await session.call(calls.listDomains)).filter(({ id }) => id >= 0);
    this.#forget(new Set(domains.map(keyOf)));
    const waiting = domains.toSorted((a, b) => (this.#asked.get(keyOf(a)) ?? 0) - (this.#asked.get(keyOf(b)) ?? 0));
    const until = started + Math.min(SWEEP_MS, timeoutMs / 3);
    this.#skipped = 0;
    await Promise.all(Array.from({ length: MOST_LIVE }, () => this.#walk(session, waiting, until)));
    this.#skipped += waiting.length;
    return this.#answer(domains);
  }

  /** The connection went, and with it what waited on it. The daemon's workers still hang there: its own word tells of them. */
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
      this.#asked.set(key, this.#now());
      this.#live++;
      try {
        await this.#one(session, domain, key);
      } catch (error) {
        if (session.lost) throw session.lost;
        if (error instanceof LibvirtError && error.gone) this.#told.delete(key);
        else if (!this.#stuck.has(key))
          this.#note(domain, key, { why: error instanceof Error ? error.message : String(error) });
      } finally {
        this.#live--;
      }
    }
  }

  async #one(session: LibvirtSession, domain: DomainRef, key: string): Promise<void> {
    const control = await this.#patient(domain, key, session.call(calls.domainControl(domain)));
    if (control.state === CONTROL.error)
      return this.#note(domain, key, { why: 'libvirt has lost its monitor', occupiedMs: control.stateMs });
    if (control.state === CONTROL.occupied && control.stateMs >= OCCUPIED_MS)
      return this.#note(domain, key, { why: 'a command has held its monitor', occupiedMs: control.stateMs });
    const started = this.#now();
    const records = await this.#patient(domain, key, session.call(calls.domainStats([domain], GROUPS, NOWAIT)));
    const stats = kept(records[0]?.stats ?? new Map());
    const stopped = stats['state.state'] === PAUSED && stats['state.reason'] === PAUSED_IO_ERROR;
    const diskErrors = stopped ? await this.#patient(domain, key, session.call(calls.diskErrors(domain))) : undefined;
    const atMs = this.#now();
    const before = this.#told.get(key);
    // Control tells of a job only while that talks to the monitor: a dump that waits for its disk does not.
    const due = before?.job !== undefined || atMs - (before?.jobAtMs ?? -Infinity) >= JOB_MS;
    const jobAtMs = due ? atMs : before?.jobAtMs;
    this.#told.set(key, {
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

  /** After the figures: it waits for the same lock, and without a job it needs nothing of the monitor. */
  async #job(session: LibvirtSession, domain: DomainRef, key: string): Promise<void> {
    const job = await this.#patient(domain, key, session.call(calls.jobStats(domain))).catch((error: unknown) => {
      // Of a guest that comes in by a migration only the host that it leaves tells.
      if (error instanceof LibvirtError) return undefined;
      throw error;
    });
    const { job: _, ...told } = this.#told.get(key) ?? { domain };
    const underWay = job && UNDER_WAY.has(job.type) ? { type: job.type, ...Object.fromEntries(job.params) } : undefined;
    this.#told.set(key, { ...told, ...(underWay && { job: underWay }) });
  }

  /** An answer within a decent time; else the domain counts as stuck until it comes. */
  async #patient<Answer>(domain: DomainRef, key: string, answer: Promise<Answer>): Promise<Answer> {
    const since = this.#now();
    try {
      return await within(answer, PATIENCE_MS, 'its monitor');
    } catch (error) {
      if (!(error instanceof TalkError) || error.why !== 'timeout') throw error;
      this.#stuck.set(key, since);
      void whenSettled(answer, () => {
        if (this.#stuck.get(key) === since) this.#stuck.delete(key);
      });
      this.#note(domain, key, { why: 'its monitor does not answer' });
      throw error;
    }
  }

  /** Keeps the last figures, with the reason why there are no newer ones. */
  #note(domain: DomainRef, key: string, why: Pick<MonitorReply, 'why' | 'occupiedMs'>): void {
    const { why: _, occupiedMs: __, ...before } = this.#told.get(key) ?? { domain };
    this.#told.set(key, { ...before, ...why });
  }

  #forget(present: ReadonlySet<string>): void {
    for (const map of [this.#told, this.#stuck, this.#asked])
      for (const key of map.keys()) if (!present.has(key)) map.delete(key);
  }

  #answer(domains: readonly DomainRef[]): string {
    const now = this.#now();
    return JSON.stringify({
      atMs: now,
      notAsked: this.#skipped,
      unanswered: this.#stuck.size,
      domains: domains.map((domain) => {
        const key = keyOf(domain);
        const { domain: _, jobAtMs: __, ...told } = this.#told.get(key) ?? { domain };
        const since = this.#stuck.get(key);
        return {
          name: domain.name,
          uuid: uuidText(domain.uuid),
          id: domain.id,
          ...told,
          ...(since !== undefined && { stuckMs: now - since, why: 'its monitor does not answer' }),
        };
      }),
    });
  }
}
