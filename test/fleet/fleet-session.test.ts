import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { interner } from '../../src/fleet/facts.ts';
import { glanceRules, glanceSources } from '../../src/fleet/glance.ts';
import { FleetSession, type FleetOptions } from '../../src/fleet/live/fleet-session.ts';
import { GatheredQuestions } from '../../src/fleet/live/questions.ts';
import { Ramp } from '../../src/fleet/live/ramp.ts';
import { TransportError } from '../../src/host/transport.ts';
import { pressure } from '../../src/sources/machine/pressure.ts';
import { explainer, findings, readPolicy } from '../../src/subsystems/index.ts';
import { FakeSession } from '../helpers/fake-session.ts';
import { scriptedPrompter } from '../helpers/scripted-prompter.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const KEY = { title: 'Unknown host key', lines: ['ED25519 fingerprint SHA256:abc'], yes: 'trust this key' };

function fleetOf(names: readonly string[], options: Partial<FleetOptions>): FleetSession {
  return new FleetSession({
    names,
    depth: 'glance',
    open: async () => new FakeSession(),
    explainer,
    nowMs: () => Date.now(),
    ...options,
  });
}

const states = (fleet: FleetSession): string =>
  fleet
    .sample()
    ?.hosts.map(({ name, state, why }) => `${name} ${state}${why === undefined ? '' : `: ${why}`}`)
    .join(', ') ?? '';

describe('FleetSession', () => {
  it('greys a host that fails alone, and logs in again with growing waits where that may help', async () => {
    const tries: number[] = [];
    const startMs = Date.now();
    await using stack = new AsyncDisposableStack();
    const fleet = fleetOf(['a', 'b', 'c'], {
      open: async (name) => {
        if (name === 'b') {
          tries.push(Math.round((Date.now() - startMs) / 1000));
          throw new TransportError('Connection refused', { retry: true });
        }
        if (name === 'c') throw new TransportError('Permission denied (publickey)');
        return new FakeSession();
      },
    });
    stack.defer(fleet.stop);
    await fleet.start();
    expect(states(fleet)).toBe('a live, b lost: Connection refused, c failed: Permission denied (publickey)');
    await vi.advanceTimersByTimeAsync(100_000);
    const waits = tries.slice(1).map((at, i) => at - (tries[i] ?? 0));
    expect(waits.length).toBeGreaterThan(3);
    expect(waits.at(-1)).toBeGreaterThan(3 * (waits[0] ?? Infinity));
    expect(states(fleet)).toContain('b lost: Connection refused');
  });

  it('takes the state of a host from its link', async () => {
    const session = new FakeSession();
    const fleet = fleetOf(['a'], { open: async () => session });
    await fleet.start();
    session.link = { state: 'stalled', sinceMs: Date.now(), detail: 'no data from the host' };
    fleet.judgeNow();
    // The host sends no change itself: its session does.
    session.announce();
    fleet.judgeNow();
    expect(states(fleet)).toBe('a stalled: no data from the host');
    expect(fleet.findings().map(({ sentence }) => sentence)).toEqual(['stalled for 0 s: no data from the host']);
    await fleet.stop();
    expect(session.stopped).toBe(true);
  });

  it('asks for host keys one by one once each host was tried, and logs in after a yes', async () => {
    const prompter = scriptedPrompter({ confirms: [true, false] });
    const questions = new GatheredQuestions(prompter);
    const fleet = fleetOf(['a', 'b', 'c'], {
      questions,
      open: async (name) => {
        const key = { ...KEY, lines: [`${name} SHA256:abc`] };
        if (name !== 'a' && !(await questions.of(name).confirm(key))) throw new TransportError(`key of ${name} not trusted`); // prettier-ignore
        return new FakeSession();
      },
    });
    await fleet.start();
    await vi.advanceTimersByTimeAsync(3000);
    expect(prompter.asked).toEqual([
      'confirm: Unknown host key, 1 of 2: b SHA256:abc',
      'confirm: Unknown host key, 2 of 2: c SHA256:abc',
    ]);
    expect(states(fleet)).toBe('a live, b live, c failed: key of c not trusted');
    await fleet.stop();
  });

  it('asks once for the key of a jump host, and logs in to all hosts behind it after a yes', async () => {
    const prompter = scriptedPrompter({ confirms: [true] });
    const questions = new GatheredQuestions(prompter);
    let opening: Promise<boolean> | undefined;
    const fleet = fleetOf(['a', 'b', 'c', 'd'], {
      questions,
      open: async (name) => {
        // The login of another host opens the connection for b and d.
        const trusted = name === 'b' || name === 'd' ? opening : (opening = questions.of(name).confirm(KEY));
        if (!(await trusted)) throw new TransportError('key of bastion not trusted');
        return new FakeSession();
      },
    });
    await fleet.start();
    await vi.advanceTimersByTimeAsync(3000);
    expect(prompter.asked).toEqual(['confirm: Unknown host key: ED25519 fingerprint SHA256:abc']);
    expect(states(fleet)).toBe('a live, b live, c live, d live');
    await fleet.stop();
  });

  it('opens the console of a host once, and has its row from it', async () => {
    let opened = 0;
    const fleet = fleetOf(['a', 'b'], {
      openConsole: async () => {
        opened++;
        return new FakeSession();
      },
    });
    await fleet.start();
    const [one, two] = await Promise.all([fleet.open('a'), fleet.open('a')]);
    expect(one).toBe(two);
    expect(opened).toBe(1);
    fleet.judgeNow();
    expect(fleet.sample()?.hosts.map(({ depth }) => depth)).toEqual(['watch', 'glance']);
    await expect(fleet.open('x')).rejects.toThrow('x: not in this fleet');
    await fleet.stop();
  });
});

describe('FleetSession with changing hosts', () => {
  it('logs in to added hosts, and ends the sessions of dropped ones', async () => {
    const sessions = new Map<string, FakeSession>();
    const fleet = fleetOf(['a', 'b'], {
      open: async (name) => {
        const session = new FakeSession();
        sessions.set(name, session);
        return session;
      },
    });
    await fleet.start();
    await fleet.add(['b', 'c']);
    expect(states(fleet)).toBe('a live, b live, c live');
    expect(fleet.host.name).toBe('a,b,c');
    expect(sessions.size).toBe(3);
    await fleet.drop(['a', 'x']);
    expect(states(fleet)).toBe('b live, c live');
    expect(sessions.get('a')?.stopped).toBe(true);
    expect(sessions.get('b')?.stopped).toBe(false);
    await expect(fleet.drop(['b', 'c'])).rejects.toThrow('the last host stays');
    await fleet.stop();
  });

  it('drops a host whose login is under way without opening it', async () => {
    const login = Promise.withResolvers<FakeSession>();
    const fleet = fleetOf(['a', 'b'], { open: async (name) => (name === 'b' ? login.promise : new FakeSession()) });
    const started = fleet.start();
    await fleet.drop(['b']);
    const late = new FakeSession();
    login.resolve(late);
    await started;
    expect(late.stopped).toBe(true);
    expect(states(fleet)).toBe('a live');
    await fleet.stop();
  });

  it('keeps the row of a recording whose session it ended, and opens it again for its console', async () => {
    const opened: FakeSession[] = [];
    const open = async () => {
      const session = new FakeSession();
      opened.push(session);
      return session;
    };
    const fleet = fleetOf(['a', 'b'], { depth: 'record', isRowEnough: true, open, openConsole: open });
    await fleet.start();
    expect(states(fleet)).toBe('a recorded, b recorded');
    expect(opened.map(({ stopped }) => stopped)).toEqual([true, true]);
    await fleet.open('a');
    expect(opened).toHaveLength(3);
    fleet.judgeNow();
    expect(states(fleet)).toBe('a recorded, b recorded');
    await fleet.stop();
    expect(opened.at(-1)?.stopped).toBe(true);
  });
});

describe('GatheredQuestions', () => {
  it('requests no password, and the passphrase of a key once', async () => {
    const prompter = scriptedPrompter({ secrets: ['open sesame'] });
    const questions = new GatheredQuestions(prompter);
    const passphrase = { title: 'Encrypted key', prompt: 'Passphrase for key ~/.ssh/id' };
    const answers = await Promise.all([
      questions.of('a').secret({ title: 'a', prompt: 'Password:' }),
      questions.of('a').secret(passphrase),
      questions.of('b').secret(passphrase),
    ]);
    expect(answers).toEqual([undefined, 'open sesame', 'open sesame']);
    expect(prompter.asked).toHaveLength(1);
  });
});

describe('Ramp', () => {
  it('runs five handshakes at a time, and goes past a slow one', async () => {
    const ramp = new Ramp();
    const ends: (() => void)[] = [];
    let started = 0;
    const all = Array.from({ length: 8 }, () =>
      ramp.run(
        () => new Promise<void>((end) => ends.push(end)),
        () => started++,
      ),
    );
    await vi.advanceTimersByTimeAsync(0);
    expect(started).toBe(5);
    ends[0]?.();
    await vi.advanceTimersByTimeAsync(0);
    expect(started).toBe(6);
    await vi.advanceTimersByTimeAsync(5000);
    expect(started).toBe(8);
    for (const end of ends) end();
    await Promise.all(all);
    // Turns are free again, and no more than five.
    const again = Array.from({ length: 7 }, () =>
      ramp.run(
        () => new Promise<void>((end) => ends.push(end)),
        () => started++,
      ),
    );
    await vi.advanceTimersByTimeAsync(0);
    expect(started).toBe(13);
    for (let i = 0; i < 3; i++) {
      for (const end of ends) end();
      await vi.advanceTimersByTimeAsync(0);
    }
    await Promise.all(again);
  });
});

describe('glance', () => {
  it('reads only what the read-only list allows, and has rules for it', () => {
    const sources = glanceSources(interner());
    for (const { reads } of sources)
      for (const read of Object.values<Parameters<typeof readPolicy.refusal>[0]>(reads))
        expect(readPolicy.refusal(read)).toBeUndefined();
    const rules = glanceRules(findings).map(({ id }) => id);
    expect(rules).toEqual(expect.arrayContaining(['filesystem-full', 'memory-short', 'clock-skew', 'pressure']));
  });

  it('keeps the sample of a reading that did not change', () => {
    const [first, second] = [glanceSources(interner()), glanceSources(interner())].map((all) =>
      all.find(({ id }) => id === pressure.id),
    );
    const values = {
      cpu: 'some avg10=1.00 avg60=1.00 avg300=1.00 total=1',
      memory: undefined,
      io: undefined,
      irq: undefined,
    };
    const sample: unknown = first?.parse(values);
    expect(first?.parse({ ...values })).toBe(sample);
    expect(second?.parse(values)).not.toBe(sample);
    expect(first?.parse({ ...values, cpu: '' })).not.toBe(sample);
  });
});
