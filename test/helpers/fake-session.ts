import { numaNodeRef, processRef } from '../../src/findings/entity-ref.ts';
import type { AuditEntry } from '../../src/host/audit.ts';
import {
  missing,
  type HungRead,
  type LinkState,
  type LiveHost,
  type Missing,
  type RootState,
  type UnlockOutcome,
} from '../../src/host/host.ts';
import type { Kept, Mark, Replay, Session, SourceStatus, StandingFinding } from '../../src/collect/session.ts';
import { cpuTopology } from '../../src/sources/machine/cpu-topology.ts';
import { identity } from '../../src/sources/machine/identity.ts';
import type { Entry } from '../../src/timeline/moment.ts';
import { Timeline } from '../../src/timeline/timeline.ts';
import type { FakeProcess } from './fake-panes.ts';

/** Clock of the session at its start. */
export const START_MS = Date.UTC(2026, 2, 14, 12, 3, 51);

/** Session with samples and link states set by the test, on a clock set by the test. */
export class FakeSession implements Session {
  readonly timeline = new Timeline();
  readonly shown: (readonly string[])[] = [];
  readonly looked: string[] = [];
  readonly passwords: string[] = [];
  /** Number of `reopenRoot` calls, and the root state after one. */
  reopened = 0;
  afterReopen: RootState = { state: 'root' };
  stopped = false;
  nowMs = START_MS;
  link: LinkState = { state: 'live' };
  root: RootState = { state: 'password', detail: 'sudo: a password is required' };
  standing: readonly StandingFinding[] = [];
  lookFails = false;
  readonly #listeners = new Set<() => void>();

  readonly host = {
    name: 'support@node-7',
    kind: 'ssh',
    read: async () => missing('absent', 'nothing is read in this test'),
    close: async () => {},
    link: () => this.link,
    root: () => this.root,
    cost: () => ({ hostCpuSeconds: 1, bytesFromHost: 1, bytesToHost: 1 }),
    transport: () => 'ssh2',
    hung: () => [],
    unlockRoot: async (password: string): Promise<UnlockOutcome> => {
      this.passwords.push(password);
      if (password !== 'right')
        return { reason: 'sudo refused the password (1 incorrect password attempt)', password: 'refused' };
      this.root = { state: 'root' };
      return { reason: undefined, password: 'accepted' };
    },
    reopenRoot: async () => {
      this.reopened++;
      this.root = this.afterReopen;
      return 'detail' in this.root ? this.root.detail : undefined;
    },
    attach: async () => {
      throw new Error('no terminal in this test');
    },
    onChange: (listen: () => void) => this.subscribe(listen),
  } satisfies LiveHost;
  readonly live: LiveHost | undefined = this.host;

  readonly status = () => ({
    link: this.link,
    root: this.root,
    transport: 'ssh2',
    hostCpuPct: 0.42,
    budgetPct: 2,
    wireBytesPerSec: 18_432,
    stretched: false,
    hung: this.hung,
    sources: this.#sourceStatus(),
  });
  hung: readonly HungRead[] = [];
  replay: Replay | undefined = undefined;
  readonly marked: Mark[] = [];
  readonly marks = (): readonly Mark[] => this.marked;
  readonly mark = (text: string, host?: string): undefined =>
    void this.marked.push({ wallMs: this.nowMs, kind: text === '' ? 'marker' : 'note', text, ...(host !== undefined && { host }) }); // prettier-ignore
  readonly findings = () => this.standing;
  readonly show = (ids: readonly string[]) => void this.shown.push(ids);
  kept: Kept | undefined;
  readonly keep = (kept: Kept | undefined) => void (this.kept = kept);
  readonly raw = (sourceId: string) => [
    {
      read: { kind: 'run', argv: ['ps', '-e', '-o', 'pid,comm'] } as const,
      text: `  PID COMMAND\n    1 systemd\n   66 evil\u001B]0;owned\u0007\n${sourceId}\n`,
    },
  ];
  readonly audit = (): readonly AuditEntry[] => [
    {
      wallMs: START_MS - 9000,
      host: 'node-7',
      as: 'user',
      command: 'python3 -I -c …',
      why: 'collector',
      exit: undefined,
    },
    {
      wallMs: START_MS - 5000,
      host: 'node-7',
      as: 'root',
      command: "ps -e -o 'pid,comm'",
      why: 'fake-processes',
      exit: 0,
      tookMs: 12,
    },
  ];
  /** Samples of details by id, in the place of the canned one. */
  details: Readonly<Record<string, () => unknown>> = {};
  readonly readDetail = async (detail: { readonly id: string }) => {
    this.looked.push(detail.id);
    const made = this.details[detail.id];
    if (made) return { sample: made(), missing: {} };
    if (this.lookFails) throw new Error('the line was lost');
    return { sample: ['41 main', '42 worker'], missing: {} };
  };
  readonly subscribe = (listen: () => void) => {
    this.#listeners.add(listen);
    return () => this.#listeners.delete(listen);
  };
  readonly stop = async () => {
    this.stopped = true;
  };

  announce(): void {
    for (const listen of this.#listeners) listen();
  }

  /** Appends a sample of a source at `nowMs`. */
  give(sourceId: string, sample: unknown, gone: Readonly<Record<string, Missing>> = {}): void {
    const entry: Entry = { sample, at: this.nowMs / 1000, wallMs: this.nowMs, missing: gone, tookMs: 12 };
    this.timeline.append(sourceId, entry);
    this.announce();
  }

  #sourceStatus(): readonly SourceStatus[] {
    return ['fake-processes', 'fake-machine'].map((id, i) => ({
      id,
      everySeconds: 1,
      restSeconds: 1,
      periodSeconds: 1 + i,
      tookMs: 12 + i,
      bytes: 20_480,
      reads: 2,
      waitingSinceMs: undefined,
      missing: this.timeline.latest(id)?.missing ?? {},
    }));
  }
}

/** Process name with terminal escapes, bidi controls, wide characters and a forged stat line. */
export const HOSTILE = 'x\u001B]52;c;QUJD\u0007\u202Egnp.exe\n) Z 0 日本 👩‍💻';

/** 60 processes: one in D state, one with a hostile name, figures that do not repeat. */
export const cannedProcesses = (): readonly FakeProcess[] => [
  { pid: 1, parent: 0, name: 'systemd', state: 'S', cpuPct: 0, memKiB: 12_800 },
  { pid: 4242, parent: 1, name: 'qemu-system-x86_64', state: 'R', cpuPct: 381.5, memKiB: 8_912_896 },
  { pid: 66, parent: 1, name: HOSTILE, state: 'S', cpuPct: 12.5, memKiB: 2048 },
  { pid: 900, parent: 1, name: 'nfsd', state: 'D', cpuPct: 0, memKiB: undefined },
  ...Array.from({ length: 56 }, (_, i) => ({
    pid: 2000 + i,
    parent: i % 7 === 0 ? 1 : 2000 + i - 1,
    name: `worker-${i}`,
    state: 'S',
    cpuPct: i % 5 === 0 ? undefined : (i * 37) % 90,
    memKiB: 1000 * i,
  })),
];

/** One critical and one warning finding. */
export const cannedFindings = (): readonly StandingFinding[] => [
  {
    rule: 'numa-node-full',
    key: 'numa-node-full numa-node:node1',
    entity: numaNodeRef(1),
    severity: 'crit',
    subject: 'node1',
    sentence: 'node1 has 0.4 % of its memory free (212M of 62.8G) while node0 has 41 %: allocations go to the far node',
    evidence: [
      { what: 'node1 MemFree', value: '212M', source: '/sys/devices/system/node/node1/meminfo' },
      { what: 'node0 MemFree', value: '25.7G', source: '/sys/devices/system/node/node0/meminfo' },
    ],
    next: 'See which process holds memory on node1: Processes, sort by node.',
    pane: 'hardware',
    sinceMs: START_MS - 125_000,
    seenMs: START_MS,
  },
  {
    rule: 'blocked',
    key: 'blocked process:900@1',
    entity: processRef({ pid: 900, startTicks: 1 }),
    severity: 'warn',
    subject: '900',
    sentence: 'nfsd has been blocked in the kernel for 40 s',
    evidence: [{ what: 'state', value: 'D', source: '/proc/900/stat' }],
    next: 'Look at its kernel stack.',
    pane: 'processes',
    sinceMs: START_MS - 40_000,
    seenMs: START_MS,
  },
];

/** Session with the host's identity and two samples of each source. */
export function cannedSession(): FakeSession {
  const session = new FakeSession();
  session.nowMs = START_MS - 2000;
  session.give(
    'identity',
    identity.parse({
      osRelease: 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nID=debian\n',
      hostname: 'node-7\n',
      kernel: '6.1.0-45-amd64\n',
      build: undefined,
      arch: undefined,
      bootId: undefined,
      machineId: undefined,
      cmdline: undefined,
      uptime: '3542400.10 1.0\n',
    }),
  );
  session.give(
    'cpu-topology',
    cpuTopology.parse({
      cpuinfo: undefined,
      machine: 'x86_64',
      online: '0-15\n',
      isolated: undefined,
      siblings: undefined,
      packages: undefined,
      cache: undefined,
      nodeCpus: new Map([
        ['/sys/devices/system/node/node0/cpulist', '0-7'],
        ['/sys/devices/system/node/node1/cpulist', '8-15'],
      ]),
      distances: undefined,
    }),
  );
  giveMoment(session, 0);
  session.nowMs = START_MS;
  giveMoment(session, 1);
  session.standing = cannedFindings();
  return session;
}

/** Appends a sample of each fake source; `step` varies the figures. */
export function giveMoment(session: FakeSession, step: number): void {
  session.give('fake-processes', cannedProcesses(), { io: missing('denied', '/proc/1/io: permission denied') });
  session.give('fake-machine', {
    cpuPct: Array.from({ length: 16 }, (_, cpu) => (cpu === 9 ? undefined : (cpu * 13 + step * 7) % 100)),
    switches: 10_000 + step * 5000,
    memPct: 61 + step,
  });
}
