import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Console } from './lib/console.ts';
import {
  differences,
  isBuilt,
  modern,
  podsOnScreen,
  podTable,
  statusDelays,
  watchKubectl,
  watchScreen,
} from './lib/kubernetes.ts';
import { broughtUpHere, lab, labDir } from './lib/lab.ts';

/**
 * Note in the suite's title when Kubernetes is not built, which skips all tests. By default the tests of the first 90 s run,
 * all with `CRASHCART_LAB_ALL=1`.
 */
const NOTE = isBuilt
  ? ''
  : ': SKIPPED, not built (test/lab/kubernetes/lab-kubernetes.sh build: minutes of two cores, once)';
const SLOW = { timeout: 300_000, skip: !process.env['CRASHCART_LAB_ALL'] };
const READY = /api +readyz ok in \d/;

/** Final state of each bad pod. */
const STATES = [
  /^crash CrashLoopBackOff/,
  /^oom (?:OOMKilled|CrashLoopBackOff)/,
  /^oom-once OOMKilled/,
  /^pull (?:ErrImagePull|ImagePullBackOff)/,
  /^badcfg CreateContainerConfigError/,
  /^nocmd (?:RunContainerError|CrashLoopBackOff)/,
  /^nomount ContainerCreating/,
  /^inite Init:CrashLoopBackOff/,
  /^initw Init:0\/1/,
  /^done Completed/,
  /^failed Error/,
  /^evict (?:Evicted|Error)/,
  /^term (?:Terminating|Error)/,
  ...(modern ? [/^sidecrash Init:CrashLoopBackOff/] : []),
];

async function open(login: string): Promise<Console> {
  const one = new Console(['--budget', '60', '-F', join(labDir, 'sshd/ssh_config'), `${login}@main`], {
    columns: 200,
    rows: 80,
  });
  await one.until('LIVE', 60_000);
  await one.go('Kubernetes');
  return one;
}

const sinceMs = (beganMs: number): number => Math.round(performance.now() - beganMs);

/** Runs `check` during a fault and repairs the fault also on failure. */
async function seenWhile(fault: string, check: () => Promise<void>): Promise<void> {
  await lab('kubernetes', 'break', fault);
  const brokenMs = performance.now();
  try {
    await check();
    if (process.env['CRASHCART_LAB_REPORT']) console.log(`${fault}: on screen after ${sinceMs(brokenMs)} ms`);
  } finally {
    await lab('kubernetes', 'repair', fault);
  }
}

describe(`a Kubernetes node${NOTE}`, { skip: !isBuilt }, () => {
  let screen: Console;
  beforeAll(async () => {
    await lab('sshd', 'up');
    await lab('kubernetes', 'up');
    screen = await open('support');
    await screen.until(READY, 60_000);
  });
  afterAll(async () => {
    await screen[Symbol.asyncDispose]();
    if (!process.env['CRASHCART_LAB_KEEP'] && broughtUpHere('kubernetes')) await lab('kubernetes', 'down');
  });

  /** Runs `check` with a filter on the pod ok, and removes the filter also on failure. */
  async function withOk(check: () => Promise<void>): Promise<void> {
    await screen.press('/');
    screen.type('ok');
    await screen.press('enter');
    try {
      await screen.until(/▸ *\S+ +ok /);
      await check();
    } finally {
      // Closes dialogs (a tool's result opens seconds later), then the filter.
      for (let n = 0; n < 30 && !/ crash .* ok /s.test(screen.text()); n++) {
        await screen.press('esc');
        await screen.settle();
      }
    }
    await screen.until(/ crash .* ok /s);
  }

  it('names every bad state within 5 s of kubectl', { timeout: 300_000 }, async () => {
    const printed = watchKubectl();
    const shown = watchScreen(screen);
    try {
      await lab('kubernetes', 'break', 'bad-pods');
      await new Promise((later) => setTimeout(later, 5000));
    } finally {
      printed.stop();
      shown.stop();
    }
    const delays = statusDelays(printed.periods, shown.periods, performance.now());
    if (process.env['CRASHCART_LAB_REPORT'])
      for (const { period, lengthMs, delayMs, screenStatuses } of delays)
        console.log(
          `${period.name} ${period.status} for ${lengthMs}: ${delayMs ?? 'NOT ON SCREEN'} [${screenStatuses.join(', ')}]`,
        );
    const seen = delays.flatMap(({ period, delayMs }) =>
      delayMs === undefined ? [] : [`${period.name} ${period.status}`],
    );
    for (const state of STATES) expect(seen).toContainEqual(expect.stringMatching(state));
    // States shorter than 5 s may be missed; longer ones must be on the screen within 5 s.
    expect(
      delays.filter(({ lengthMs, delayMs }) => lengthMs > 5000 && !(delayMs !== undefined && delayMs <= 5000)),
    ).toEqual([]);
  });

  it('lists ready, status and restarts of every pod as kubectl prints them', async () => {
    // Polled, because a pod may change between the two reads.
    await expect
      .poll(async () => differences(await podTable(), podsOnScreen(screen)), { timeout: 30_000, interval: 500 })
      .toEqual([]);
  });

  it('keeps the pod rows, marked stale, when the API server is stopped', { timeout: 120_000 }, async () => {
    await seenWhile('stop-apiserver', async () => {
      const text = await screen.until(/API UNRESPONSIVE, stale \d+/, 20_000);
      expect(text).toMatch(/api +▲?UNRESPONSIVE/);
      // The last state from the API server.
      expect(text).toMatch(/ crash +▲?\d\/1 +(?:CrashLoopBackOff|Error|Running)/);
      expect(text).toMatch(/kubelet +healthz ok/);
    });
    expect(await screen.until(READY, 40_000)).not.toMatch(/API UNRESPONSIVE/);
  });

  it('marks a frozen API server unresponsive before the watch times out', SLOW, async () => {
    await seenWhile('freeze-apiserver', async () => {
      await screen.until(/API UNRESPONSIVE, stale \d+/, 30_000);
    });
    expect(await screen.until(READY, 60_000)).not.toMatch(/API UNRESPONSIVE/);
  });

  it.each(['stop-etcd', 'freeze-etcd'])('shows an unresponsive API server on %s', SLOW, async (fault) => {
    await seenWhile(fault, async () => {
      await screen.until(/api +▲?UNRESPONSIVE/, 40_000);
    });
    expect(await screen.until(READY, 90_000)).not.toMatch(/API UNRESPONSIVE/);
  });

  it('shows a stopped kubelet at once, then the node Unknown', SLOW, async () => {
    await seenWhile('stop-kubelet', async () => {
      await screen.until(/kubelet +▲?NOT RUNNING/, 30_000);
      await screen.until(/status +▲?Ready Unknown/, 90_000);
    });
    await screen.until(/status +Ready True/, 60_000);
    expect(await screen.until(/kubelet +healthz ok/, 30_000)).toMatch(/status +Ready/);
  });

  it('shows a frozen kubelet as unhealthy', SLOW, async () => {
    await seenWhile('freeze-kubelet', async () => {
      await screen.until(/kubelet +▲?UNHEALTHY: .*timed out/, 40_000);
    });
    expect(await screen.until(/kubelet +healthz ok/, 40_000)).toMatch(/status +Ready/);
  });

  it.each([
    ['stop-containerd', /status +▲?Ready False.*(?:runtime|PLEG)/],
    ['disk-pressure', /status +▲?DiskPressure True/],
  ])('shows the node condition on %s', SLOW, async (fault, condition) => {
    await seenWhile(fault, async () => {
      await screen.until(condition, 120_000);
    });
    expect(await screen.until(/status +Ready True/, 60_000)).toMatch(/status +Ready/);
  });

  it.each([
    ['shell inside, as root', 'echo $((6*7))-at-$(hostname)\r', /42-at-ok/],
    ['gdb: backtrace', '', /#0 /],
    ['strace live: all', '', /nanosleep|wait4|rt_sig/],
  ])('starts %s on a container while the API server is down', SLOW, async (tool, typed, answer) => {
    await seenWhile('stop-apiserver', async () => {
      await screen.until(/API UNRESPONSIVE/, 20_000);
      await withOk(async () => {
        await screen.press('t');
        await screen.until('Tools on sh', 20_000);
        screen.type(tool);
        await screen.settle();
        await screen.press('enter');
        // What gives root of the host away wants the name typed.
        const asks = await screen.until(/y: start,|Type sh to confirm/, 20_000);
        if (asks.includes('Type sh')) {
          screen.type('sh');
          await screen.press('enter');
        } else await screen.press('y');
        await screen.settle(1000);
        screen.type(typed);
        await screen.until(answer, 30_000);
        await screen.press('ctrl-]');
        await screen.settle(500);
      });
    });
    expect(await screen.until(READY, 40_000)).not.toMatch(/API UNRESPONSIVE/);
  });

  it('follows a log, from the node while the API server is down', SLOW, async () => {
    await withOk(async () => {
      await screen.press('enter');
      await screen.until('LAST STATE');
      await screen.press('enter');
      const last = (text: string) => Number([...text.matchAll(/ line (\d+)/g)].at(-1)?.[1]);
      const first = last(await screen.until(/ line \d+/, 20_000));
      await screen.until(` line ${first + 10}`, 30_000);
      await seenWhile('stop-apiserver', async () => {
        const text = await screen.until(/from \/var\/log\/pods on this node/, 30_000);
        await screen.until(` line ${last(text) + 5}`, 30_000);
      });
    });
    expect(await screen.until(READY, 40_000)).not.toMatch(/API UNRESPONSIVE/);
  });

  it("falls back to the node identity when the administrator's certificate expired", SLOW, async () => {
    await seenWhile('expired-client', async () => {
      await using other = await open('support');
      await other.until(/node identity, \S*kubelet.conf/, 60_000);
      await other.until(/certs +▲?admin.conf EXPIRED \d+/, 60_000);
      await other.until(/ crash +▲?\d\/1 +(?:CrashLoopBackOff|Error|Running)/, 30_000);
      expect(await other.until(/events is forbidden/, 30_000)).not.toMatch(/undefined|NaN/);
    });
  });

  it('lists pods, and why events are missing, with the node identity only', SLOW, async () => {
    await seenWhile('node-identity', async () => {
      await using other = await open('support');
      await other.until(/api +readyz ok in .*node identity, \S*kubelet.conf/, 60_000);
      await other.until(/ crash +▲?\d\/1 +(?:CrashLoopBackOff|Error|Running)/, 30_000);
      expect(await other.until(/events is forbidden/, 30_000)).not.toMatch(/undefined|NaN/);
    });
  });

  it('shows the error of kubectl and the date when the API server certificate expired', SLOW, async () => {
    await seenWhile('expired-server', async () => {
      await screen.until(/api +▲?UNRESPONSIVE.*certificate has expired/, 60_000);
      await screen.until(/certs +▲?apiserver.crt EXPIRED/, 60_000);
    });
    expect(await screen.until(READY, 60_000)).not.toMatch(/API UNRESPONSIVE/);
  });

  it('shows pods by cgroups, and that the rest needs root, without root', SLOW, async () => {
    await using other = await open('guest');
    await other.until(/needs root|not readable|may not be read/, 60_000);
    expect(await other.until(/on node/, 60_000)).not.toMatch(/undefined|NaN/);
  });

  it.each([
    [3000, '3.0k'],
    [13_000, '13k'],
  ] as const)('lists %i pods and responds to keys within 1 s', SLOW, async (pods, count) => {
    process.env['LAB_PODS'] = String(pods);
    await seenWhile('many-pods', async () => {
      for (let n = 0; n < 8 && !/▸ *All pods/.test(screen.text()); n++) {
        await screen.press('tab');
        await screen.settle();
      }
      await screen.press('enter');
      await screen.until(` ${count} · `, 60_000);
      for (const key of ['end', 'home', 'pgdn', 'down']) {
        const answered = screen.nextOutput(2000);
        const began = performance.now();
        await screen.press(key);
        expect((await answered) - began).toBeLessThan(1000);
      }
      await screen.press('esc');
    });
  });
});
