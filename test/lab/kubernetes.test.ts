import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Console } from './lib/console.ts';
import {
  differences,
  isBuilt,
  lateness,
  modern,
  podsOnScreen,
  podTable,
  watchKubectl,
  watchScreen,
} from './lib/kubernetes.ts';
import { broughtUpHere, lab, labDir } from './lib/lab.ts';

/**
 * A real Kubernetes of one node, over SSH. By itself only what takes a minute and a half is gone through; all of it with
 * `CRASHCART_LAB_ALL=1`, and nothing where its programs were never built.
 */
const NOTE = isBuilt
  ? ''
  : ': SKIPPED, it is not built here (test/lab/kubernetes/lab-kubernetes.sh build: minutes of two cores, once)';
const SLOW = { timeout: 300_000, skip: !process.env['CRASHCART_LAB_ALL'] };
const ANSWERS = /api +answers in \d/;

/** The last state of each bad pod; on its way there it may have others. */
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

/** Breaks it, looks, and mends it whatever was seen. */
async function seenWhile(fault: string, look: () => Promise<void>): Promise<void> {
  await lab('kubernetes', 'break', fault);
  const brokenMs = performance.now();
  try {
    await look();
    if (process.env['CRASHCART_LAB_REPORT']) console.log(`${fault}: seen ${sinceMs(brokenMs)} ms after it was broken`);
  } finally {
    await lab('kubernetes', 'mend', fault);
  }
}

describe(`a Kubernetes node${NOTE}`, { skip: !isBuilt }, () => {
  let screen: Console;
  beforeAll(async () => {
    await lab('sshd', 'up');
    await lab('kubernetes', 'up');
    screen = await open('support');
    await screen.until(ANSWERS, 60_000);
  });
  afterAll(async () => {
    await screen[Symbol.asyncDispose]();
    if (!process.env['CRASHCART_LAB_KEEP'] && broughtUpHere('kubernetes')) await lab('kubernetes', 'down');
  });

  /** With the pod ok selected, and back to all of them whatever was seen. */
  async function withOk(look: () => Promise<void>): Promise<void> {
    await screen.press('/');
    screen.type('ok');
    await screen.press('enter');
    try {
      await screen.until(/▸ *\S+ +ok /);
      await look();
    } finally {
      // Out of whatever is open (what a tool did is told seconds later), and out of the filter.
      for (let n = 0; n < 30 && !/ crash .* ok /s.test(screen.text()); n++) {
        await screen.press('esc');
        await screen.settle();
      }
    }
    await screen.until(/ crash .* ok /s);
  }

  it('names every bad state within 5 s of kubectl', { timeout: 300_000 }, async () => {
    const told = watchKubectl();
    const shown = watchScreen(screen);
    try {
      await lab('kubernetes', 'break', 'bad-pods');
      await new Promise((later) => setTimeout(later, 5000));
    } finally {
      told.stop();
      shown.stop();
    }
    const late = lateness(told.spells, shown.spells, performance.now());
    if (process.env['CRASHCART_LAB_REPORT'])
      for (const { spell, forMs, lateMs, meanwhile } of late)
        console.log(`${spell.name} ${spell.status} for ${forMs}: ${lateMs ?? 'NOT SEEN'} [${meanwhile.join(', ')}]`);
    const seen = late.flatMap(({ spell, lateMs }) => (lateMs === undefined ? [] : [`${spell.name} ${spell.status}`]));
    for (const state of STATES) expect(seen).toContainEqual(expect.stringMatching(state));
    // What came and went within 5 s may be missed; what stayed must have been there by then.
    expect(late.filter(({ forMs, lateMs }) => forMs > 5000 && !(lateMs !== undefined && lateMs <= 5000))).toEqual([]);
  });

  it('says of every pod of the node what kubectl says: ready, status, restarts', async () => {
    // Both are looked at until nothing changed in between.
    await expect
      .poll(async () => differences(await podTable(), podsOnScreen(screen)), { timeout: 30_000, interval: 500 })
      .toEqual([]);
  });

  it('a stopped API server: said, rows are kept as of when, the node goes on', { timeout: 120_000 }, async () => {
    await seenWhile('stop-apiserver', async () => {
      const text = await screen.until(/API SILENT, as of \d+/, 20_000);
      expect(text).toMatch(/api +▲?NO ANSWER/);
      // As it was when the API server was last heard.
      expect(text).toMatch(/ crash +▲?\d\/1 +(?:CrashLoopBackOff|Error|Running)/);
      expect(text).toMatch(/kubelet +healthz ok/);
    });
    expect(await screen.until(ANSWERS, 40_000)).not.toMatch(/API SILENT/);
  });

  it('a frozen API server is silent soon, not when the watch gives up', SLOW, async () => {
    await seenWhile('freeze-apiserver', async () => {
      await screen.until(/API SILENT, as of \d+/, 30_000);
    });
    expect(await screen.until(ANSWERS, 60_000)).not.toMatch(/API SILENT/);
  });

  it.each(['stop-etcd', 'freeze-etcd'])('%s: the API server answers nothing', SLOW, async (fault) => {
    await seenWhile(fault, async () => {
      await screen.until(/api +▲?NO ANSWER/, 40_000);
    });
    expect(await screen.until(ANSWERS, 90_000)).not.toMatch(/API SILENT/);
  });

  it('a stopped kubelet: gone at once, then the node is Unknown', SLOW, async () => {
    await seenWhile('stop-kubelet', async () => {
      await screen.until(/kubelet +▲?DOES NOT RUN/, 30_000);
      await screen.until(/is +▲?Ready Unknown/, 90_000);
    });
    await screen.until(/is +Ready True/, 60_000);
    expect(await screen.until(/kubelet +healthz ok/, 30_000)).toMatch(/is +Ready/);
  });

  it('a frozen kubelet: it runs and is unwell', SLOW, async () => {
    await seenWhile('freeze-kubelet', async () => {
      await screen.until(/kubelet +▲?UNWELL: .*timed out/, 40_000);
    });
    expect(await screen.until(/kubelet +healthz ok/, 40_000)).toMatch(/is +Ready/);
  });

  it.each([
    ['stop-containerd', /is +▲?Ready False.*(?:runtime|PLEG)/],
    ['disk-pressure', /is +▲?DiskPressure True/],
  ])('%s: the node says so', SLOW, async (fault, says) => {
    await seenWhile(fault, async () => {
      await screen.until(says, 120_000);
    });
    expect(await screen.until(/is +Ready True/, 60_000)).toMatch(/is +Ready/);
  });

  it.each([
    ['shell inside, as root', 'echo $((6*7))-at-$(hostname)\r', /42-at-ok/],
    ['gdb: backtrace', '', /#0 /],
    ['strace live: all', '', /nanosleep|wait4|rt_sig/],
  ])('%s on a container, while the API server is down', SLOW, async (tool, typed, answer) => {
    await seenWhile('stop-apiserver', async () => {
      await screen.until(/API SILENT/, 20_000);
      await withOk(async () => {
        await screen.press('t');
        await screen.until('Tools on sh', 20_000);
        screen.type(tool);
        await screen.settle();
        await screen.press('enter');
        // What gives root of the host away wants the name typed.
        const asks = await screen.until(/start it|Type sh to go on/, 20_000);
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
    expect(await screen.until(ANSWERS, 40_000)).not.toMatch(/API SILENT/);
  });

  it('a log is followed; while the API server is down, as it lies on the node', SLOW, async () => {
    await withOk(async () => {
      await screen.press('enter');
      await screen.until('Containers of it');
      await screen.press('enter');
      const last = (text: string) => Number([...text.matchAll(/ line (\d+)/g)].at(-1)?.[1]);
      const first = last(await screen.until(/ line \d+/, 20_000));
      await screen.until(` line ${first + 10}`, 30_000);
      await seenWhile('stop-apiserver', async () => {
        const text = await screen.until(/as it lies on this node/, 30_000);
        await screen.until(` line ${last(text) + 5}`, 30_000);
      });
    });
    expect(await screen.until(ANSWERS, 40_000)).not.toMatch(/API SILENT/);
  });

  it(
    "the administrator's certificate has ended: the node asks by itself, and what it may not is said",
    SLOW,
    async () => {
      await seenWhile('expired-client', async () => {
        await using other = await open('support');
        await other.until(/node identity, \S*kubelet.conf/, 60_000);
        await other.until(/certs +▲?admin.conf ENDED \d+/, 60_000);
        await other.until(/ crash +▲?\d\/1 +(?:CrashLoopBackOff|Error|Running)/, 30_000);
        expect(await other.until(/events is forbidden/, 30_000)).not.toMatch(/undefined|NaN/);
      });
    },
  );

  it("with the node's identity only: its pods, and why there are no events", SLOW, async () => {
    await seenWhile('node-identity', async () => {
      await using other = await open('support');
      await other.until(/api +answers in .*node identity, \S*kubelet.conf/, 60_000);
      await other.until(/ crash +▲?\d\/1 +(?:CrashLoopBackOff|Error|Running)/, 30_000);
      expect(await other.until(/events is forbidden/, 30_000)).not.toMatch(/undefined|NaN/);
    });
  });

  it('the certificate of the API server has ended: in the words of kubectl, and by its date', SLOW, async () => {
    await seenWhile('expired-server', async () => {
      await screen.until(/api +▲?NO ANSWER.*certificate has expired/, 60_000);
      await screen.until(/certs +▲?apiserver.crt ENDED/, 60_000);
    });
    expect(await screen.until(ANSWERS, 60_000)).not.toMatch(/API SILENT/);
  });

  it('without root: what the control groups tell, and that the rest needs root', SLOW, async () => {
    await using other = await open('guest');
    await other.until(/needs root|may not be read/, 60_000);
    expect(await other.until(/on node/, 60_000)).not.toMatch(/undefined|NaN/);
  });

  it.each([
    [3000, '3.0k'],
    [13_000, '13k'],
  ] as const)('%i pods: they come, and a key is answered at once', SLOW, async (pods, count) => {
    process.env['LAB_PODS'] = String(pods);
    await seenWhile('many-pods', async () => {
      for (let n = 0; n < 8 && !/▸ *Pods of the whole cluster/.test(screen.text()); n++) {
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
