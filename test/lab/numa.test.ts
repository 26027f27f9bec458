import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stallProxy } from '../helpers/stall-proxy.ts';
import { Console, type ConsoleOptions } from './lib/console.ts';
import { guestConfig, guestPort, inGuest, numaGuest } from './lib/numa-guest.ts';
import { TargetWatch } from './lib/target-watch.ts';

/** Timeout of tests: the guest runs without KVM, an order of magnitude slower than a real host. */
const SLOW = { timeout: 240_000 };
const backends = ['ssh2', 'openssh'] as const;
type Backend = (typeof backends)[number];

beforeAll(async () => {
  await numaGuest();
  await inGuest('systemctl start app-remote app-target');
});

async function openGuest(
  backend: Backend,
  port = guestPort,
  size: ConsoleOptions = {},
  login = 'support',
): Promise<Console> {
  // With the default budget of 2 % this slow guest would be read rarely.
  const options = ['--budget', '60', '--transport', backend, '-F', guestConfig, '-p', String(port)];
  const screen = new Console([...options, `${login}@numa`], {
    columns: 160,
    rows: 50,
    ...size,
  });
  await screen.until('LIVE', 60_000);
  return screen;
}

/** Opens the Processes pane with a filter that leaves one process. */
async function findProcess(screen: Console, name: string): Promise<void> {
  await screen.press('3');
  await screen.until('[3 Processes]');
  await screen.until('PID USER', 60_000);
  await screen.press('/');
  screen.type(name);
  await screen.press('enter');
  await screen.until(/ 1 of \d+/, 30_000);
}

describe.each(backends)('%s', (backend) => {
  it('Hardware shows four nodes, their distances and the machine', SLOW, async () => {
    await using screen = await openGuest(backend);
    await screen.press('2');
    await screen.until('Lab Systems PowerLab R7525', 60_000);
    // Sources of the pane have their first reading one by one.
    await screen.until(
      [
        ...['10 12 32 32', '12 10 32 32', '32 32 10 12', '32 32 12 10'].map((distances) => new RegExp(distances)),
        ...['node0', 'node1', 'node2', 'node3'].map((node) => new RegExp(node)),
        /2 sockets × 2 cores × 2 threads/,
      ],
      120_000,
    );
  });

  it('Processes shows a misplaced process: CPU on node 0, memory on node 1', SLOW, async () => {
    await using screen = await openGuest(backend);
    await findProcess(screen, 'labmem');
    await screen.until('app-rem');
    await screen.press('enter');
    const text = await screen.until(/misplaced/, 60_000);
    expect(text).toMatch(/(?:9\d|100) %[^\n]* node 1, bound to CPUs of node 0/);
    expect(text).toMatch(/node1 .*(?:9\d|100)%.*remote/);
    // Output of ssh's keepalive requests is not shown.
    expect(text).not.toContain('open failed');
  });

  it('screen shows a killed session within 10 s, and reconnects', SLOW, async () => {
    await using screen = await openGuest(backend);
    await inGuest("pkill -KILL -f '^sshd: support'");
    await screen.until(/LOST|STALLED/, 10_000);
    expect(await screen.until('LIVE', 60_000)).not.toMatch(/LOST|STALLED/);
  });
});

describe('a cgroup of podman at its CPU quota, under cgroup v2', () => {
  const ID = 'c0ffee00'.repeat(8);
  beforeAll(async () => {
    // A systemd scope with the name of a podman container: the guest has no engine, only the kernel's accounting.
    await inGuest(
      `setsid systemd-run --quiet --scope --slice=machine.slice --unit=libpod-${ID} -p CPUQuota=5% sh -c 'while :; do :; done' >/dev/null 2>&1 </dev/null &`,
    );
    return async () => void (await inGuest(`systemctl stop libpod-${ID}.scope`));
  });

  /** Cell of the group's row under a column title. */
  function cellOf(text: string, title: string): string {
    const lines = text.split('\n');
    const head = lines.find((line) => line.includes(title)) ?? '';
    const row = lines.find((line) => line.includes(ID.slice(0, 12))) ?? '';
    return (
      row
        .slice(0, head.indexOf(title) + title.length)
        .split(' ')
        .at(-1) ?? ''
    );
  }

  it.each(['support', 'guest'])('has throttling and pressure on the screen of %s', SLOW, async (login) => {
    await using screen = await openGuest('ssh2', guestPort, { columns: 220 }, login);
    await screen.go('Containers');
    await screen.until(new RegExp(`podman +${ID.slice(0, 12)} .*throttled \\d+%`), 90_000);
    await expect.poll(() => cellOf(screen.text(), 'PSIc'), { timeout: 60_000 }).toMatch(/^[◆▲]?\d+(\.\d)?%$/u);
    expect(cellOf(screen.text(), 'PSIm')).toMatch(/^[◆▲]?\d+(\.\d)?%$/u);
  });
});

describe('a tool on a live process', () => {
  /** Times until the target ran again, by event; printed at the end. */
  const releases = new Map<string, number[]>();
  const repeat = Number(process.env['CRASHCART_REPEAT'] ?? 1);

  afterAll(() => {
    for (const [what, timesMs] of releases)
      console.log(`${what}: released ${timesMs.length} of ${repeat}, longest ${Math.round(Math.max(...timesMs))} ms`);
  });

  const kinds = [
    { tool: 'gdb: inspect', ready: '(gdb)' },
    { tool: 'strace live: all', ready: /getppid|nanosleep/ },
  ] as const;

  /** Starts a tool from the Processes pane, by keys. */
  async function startTool(screen: Console, { tool, ready }: (typeof kinds)[number]): Promise<void> {
    await findProcess(screen, 'labtarget');
    await screen.press('t');
    await screen.until('Tools on labtarget', 60_000);
    screen.type(tool);
    await screen.settle();
    await screen.press('enter');
    await screen.until('y: start,', 60_000);
    await screen.press('y');
    await screen.until(ready, 60_000);
  }

  const events = [
    {
      event: 'leaving with Ctrl-]',
      limitMs: 10_000,
      happen: (screen: Console): void => screen.type('\u001D'),
      after: async (screen: Console) => {
        await screen.until(/Longest stop of the process|did not stop/, 30_000);
        await screen.press('esc');
        await screen.until('Output of a tool that ended');
        await screen.press('esc');
        await screen.until('[3 Processes]');
      },
    },
    { event: 'kill -9 of crashcart', limitMs: 4000, happen: (screen: Console): void => screen.kill9() },
    {
      event: 'a stalled network',
      limitMs: 4000,
      happen: (_: Console, stall: () => void): void => stall(),
      after: async (screen: Console, resume: () => void) => {
        await screen.until(/LOST|STALLED/, 10_000);
        resume();
      },
    },
  ] as const;

  for (const [at, kind] of kinds.entries())
    for (const [also, one] of events.entries()) {
      // Transports alternate, so that each meets both tools and all events.
      const backend = backends[(at + also) % 2] ?? 'ssh2';
      it.each(Array.from({ length: repeat }, (_, run) => run + 1))(
        `${kind.tool}, ${one.event} (${backend}), run %i: the target runs afterwards`,
        SLOW,
        async () => {
          const proxy = await stallProxy(guestPort);
          try {
            await using watch = await TargetWatch.start();
            await using screen = await openGuest(backend, proxy.port);
            await startTool(screen, kind);
            await watch.until(() => watch.held, 20_000, 'the tool to hold it');
            const sinceMs = performance.now();
            one.happen(screen, proxy.stall);
            const tookMs = await watch.released(sinceMs, one.limitMs + 6000);
            const name = `${kind.tool}, ${one.event}`;
            releases.set(name, [...(releases.get(name) ?? []), tookMs]);
            expect(tookMs).toBeLessThan(one.limitMs);
            if ('after' in one) await one.after(screen, proxy.resume);
            expect(watch.gone).toBe(false);
          } finally {
            await proxy.close();
          }
        },
      );
    }
});
