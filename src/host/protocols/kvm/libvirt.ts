import { performance } from 'node:perf_hooks';
import { DaemonError, type DaemonConnection, type Dial, type Protocol } from '../protocol.ts';
import { Monitors } from './libvirt-monitors.ts';
import { calls, STATS_GROUP, uuidText, type DomainRef } from './libvirt-procedures.ts';
import { LibvirtSession, whenSettled, within } from './libvirt-session.ts';
import { xmlToKeep } from './libvirt-xml.ts';

/** Daemon by socket; virtproxyd, which may hold the first, is only a proxy of virtqemud. */
const DAEMONS: Readonly<Record<string, string>> = {
  '/run/libvirt/libvirt-sock-ro': 'libvirtd',
  '/run/libvirt/virtqemud-sock-ro': 'virtqemud',
};

const REQUESTS = {
  about: 'versions of libvirt and QEMU, host name, CPUs, memory',
  domains: 'all domains with state and reason',
  monitor: 'QEMU monitor figures (balloon, disks, exits, jobs), per domain with a timeout',
  xml: 'XML of all domains, without secrets',
} as const;

/** Age limit of a cached definition: disks and NICs are plugged and unplugged while a guest runs. */
const XML_MS = 300_000;
/** Time limit of the call for all states, which needs an ordinary worker of the daemon; after it domains are read one by one. */
const ORDINARY_MS = 1000;
/** Concurrent calls when domains are read one by one: the daemon serves five of a client at a time. */
const AT_ONCE = 3;

/**
 * Libvirt's remote protocol, to libvirtd or virtqemud on the read-only socket (https://libvirt.org/daemons.html).
 * Two connections: one for figures of the daemon, one for calls that may hang in a QEMU.
 */
export const libvirt: Protocol = {
  name: 'libvirt',
  what: 'libvirt domains, over the read-only socket',
  allowed: Object.entries(REQUESTS).map(([request, what]) => `${request}: ${what}`),
  refusal: (to, request) => {
    if (!Object.hasOwn(DAEMONS, to)) return `${to} is not libvirt's read-only socket`;
    return Object.hasOwn(REQUESTS, request) ? undefined : `request not allowed: ${request}`;
  },
  daemons: (to) => (DAEMONS[to] === undefined ? undefined : [DAEMONS[to]]),
  connect: (dial) => new LibvirtConnection(dial, () => Math.round(performance.now())),
};

interface Definition {
  readonly xml: string | undefined;
  readonly atMs: number;
}

export class LibvirtConnection implements DaemonConnection {
  readonly #dial: Dial;
  readonly #now: () => number;
  readonly #sessions = new Map<'plain' | 'monitor', Promise<LibvirtSession>>();
  readonly #running = new Map<string, Promise<string>>();
  readonly #monitors: Monitors;
  readonly #definitions = new Map<string, Definition>();
  #ordinary: { readonly sinceMs: number; readonly states: Promise<ReadonlyMap<string, State>> } | undefined;
  /** Unanswered requests for definitions; while there are several, no more are sent. */
  readonly #unanswered = new Set<Promise<string>>();
  #closed = false;

  constructor(dial: Dial, now: () => number) {
    this.#dial = dial;
    this.#now = now;
    this.#monitors = new Monitors(now);
  }

  /** Concurrent requests of one kind share a reply: a frozen daemon gets no more than one of each. */
  request(request: string, timeoutMs: number): Promise<string> {
    let reply = this.#running.get(request);
    if (!reply) {
      reply = this.#reply(request, timeoutMs).finally(() => this.#running.delete(request));
      this.#running.set(request, reply);
    }
    return within(reply, timeoutMs, 'libvirt');
  }

  close(): void {
    this.#closed = true;
    for (const session of this.#sessions.values()) void closeOnceOpen(session);
    this.#sessions.clear();
  }

  async #reply(request: string, timeoutMs: number): Promise<string> {
    switch (request) {
      case 'about':
        return this.#about(await this.#session('plain'));
      case 'domains':
        return this.#domains(await this.#session('plain'), timeoutMs);
      case 'monitor':
        return this.#monitors.sweep(await this.#session('monitor'), timeoutMs);
      case 'xml':
        return this.#xml(await this.#session('plain'), timeoutMs);
      default:
        throw new DaemonError('failed', `request not allowed: ${request}`);
    }
  }

  async #session(use: 'plain' | 'monitor'): Promise<LibvirtSession> {
    if (this.#closed) throw new DaemonError('failed', 'connection closed');
    const known = this.#sessions.get(use);
    if (known) {
      const open = await known.catch(() => undefined);
      if (open && !open.lost) return open;
      if (this.#sessions.get(use) === known) this.#sessions.delete(use);
      if (use === 'monitor') this.#monitors.reset();
      else this.#ordinary = undefined;
    }
    let opening = this.#sessions.get(use);
    if (!opening) {
      opening = LibvirtSession.open(this.#dial);
      this.#sessions.set(use, opening);
    }
    return opening;
  }

  async #about(session: LibvirtSession): Promise<string> {
    const [hostname, version, libraryVersion, node] = await Promise.all([
      session.call(calls.hostname),
      session.call(calls.version),
      session.call(calls.libraryVersion),
      session.call(calls.nodeInfo),
    ]);
    return JSON.stringify({ hostname, qemu: dotted(version), libvirt: dotted(libraryVersion), ...node });
  }

  async #domains(session: LibvirtSession, timeoutMs: number): Promise<string> {
    const until = this.#now() + timeoutMs * 0.8;
    const domains = await session.call(calls.listDomains);
    const states = await this.#states(session, domains, until);
    const busy = this.#ordinary && this.#now() - this.#ordinary.sinceMs;
    return JSON.stringify({
      ...(busy !== undefined && busy >= ORDINARY_MS && { workersBusyMs: busy }),
      domains: domains.map((domain) => ({
        name: domain.name,
        uuid: uuidText(domain.uuid),
        id: domain.id,
        ...states.get(uuidText(domain.uuid)),
      })),
    });
  }

  /**
   * States of all domains in one call, which holds an ordinary worker for a moment. Without a reply all ordinary workers hang
   * in a QEMU: then one by one, by a call with reserved workers, and the first call stays pending.
   */
  async #states(
    session: LibvirtSession,
    domains: readonly DomainRef[],
    until: number,
  ): Promise<ReadonlyMap<string, State>> {
    if (!this.#ordinary) {
      const states = session
        .call(calls.domainStats([], STATS_GROUP.state))
        .then((all) => new Map(all.map(({ domain, stats }) => [uuidText(domain.uuid), stateOf(stats)])));
      const ordinary = { sinceMs: this.#now(), states };
      this.#ordinary = ordinary;
      void whenSettled(states, () => {
        if (this.#ordinary === ordinary) this.#ordinary = undefined;
      });
      try {
        return await within(states, Math.min(ORDINARY_MS, until - this.#now()), 'libvirt (states)');
      } catch (error) {
        if (!(error instanceof DaemonError) || error.why !== 'timeout') throw error;
      }
    }
    const states = new Map<string, State>();
    await this.#each(domains, until, async (domain) => {
      states.set(uuidText(domain.uuid), await session.call(calls.domainState(domain)));
    });
    return states;
  }

  async #xml(session: LibvirtSession, timeoutMs: number): Promise<string> {
    const until = this.#now() + timeoutMs * 0.8;
    const domains = await session.call(calls.listDomains);
    const keys = new Map(domains.map((domain) => [`${uuidText(domain.uuid)} ${domain.id}`, domain]));
    for (const key of this.#definitions.keys()) if (!keys.has(key)) this.#definitions.delete(key);
    const due = [...keys].filter(([key]) => this.#now() - (this.#definitions.get(key)?.atMs ?? -Infinity) > XML_MS);
    if (this.#unanswered.size < AT_ONCE)
      await this.#each(due, until, async ([key, domain]) => {
        const reply = session.call(calls.domainXml(domain));
        this.#unanswered.add(reply);
        void whenSettled(reply, () => this.#unanswered.delete(reply));
        this.#definitions.set(key, { xml: xmlToKeep(await reply), atMs: this.#now() });
      });
    return JSON.stringify({
      waiting: domains.length - this.#definitions.size,
      domains: [...keys].map(([key, { uuid, id }]) => ({
        uuid: uuidText(uuid),
        id,
        xml: this.#definitions.get(key)?.xml,
      })),
    });
  }

  /** Runs a task per item, a few at a time, until the deadline; a task that fails (its domain is gone) leaves a gap. */
  async #each<Item>(items: readonly Item[], until: number, task: (item: Item) => Promise<void>): Promise<void> {
    const waiting = [...items];
    const walk = async (): Promise<void> => {
      for (;;) {
        const left = until - this.#now();
        const item = left > 0 ? waiting.shift() : undefined;
        if (item === undefined) return;
        const done = await within(task(item), left, 'libvirt (domain)').catch((error: unknown) => error);
        if (done instanceof DaemonError && done.why === 'timeout') return;
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, walk));
  }
}

async function closeOnceOpen(session: Promise<LibvirtSession>): Promise<void> {
  try {
    (await session).close();
  } catch {
    // The session never opened.
  }
}

interface State {
  readonly state: number | undefined;
  readonly reason: number | undefined;
}

function stateOf(stats: ReadonlyMap<string, unknown>): State {
  const number = (name: string): number | undefined => {
    const value = stats.get(name);
    return typeof value === 'number' ? value : undefined;
  };
  return { state: number('state.state'), reason: number('state.reason') };
}

/** 9000000 → `9.0.0`: 1 000 000 × major + 1 000 × minor + release. */
const dotted = (version: number): string =>
  [Math.floor(version / 1_000_000), Math.floor(version / 1000) % 1000, version % 1000].join('.');
