import { describe, expect, it, onTestFinished } from 'vitest';
import { shownStatement } from '../../src/findings/statement.ts';
import { fleet } from '../../src/fleet/fleet-source.ts';
import type { HostRow } from '../../src/fleet/host-row.ts';
import { judgementOf, reasonOf } from '../../src/fleet/judgement.ts';
import { fleetModel, hostsPane } from '../../src/fleet/pane.ts';
import { fleetRules } from '../../src/fleet/rules.ts';
import { sharedFacts } from '../../src/fleet/shared-facts.ts';
import { judge } from '../../src/findings/judge.ts';
import { ScreenRedaction } from '../../src/redact/screen-redaction.ts';
import { makeTheme } from '../../src/theme.ts';
import { Timeline } from '../../src/timeline/timeline.ts';
import { drawSections } from '../../src/ui/draw-pane.ts';
import { plainPaneView } from '../../src/ui/pane-view.ts';
import { fullDisk, hostRows } from './host-rows.ts';

const NOW_MS = 100_000;

function timelineOf(hosts: readonly HostRow[]): Timeline {
  const timeline = new Timeline();
  timeline.append(fleet.id, {
    sample: { hosts, atMs: NOW_MS },
    at: NOW_MS / 1000,
    wallMs: NOW_MS,
    missing: {},
    tookMs: 0,
  });
  return timeline;
}

const sentences = (hosts: readonly HostRow[]): readonly string[] => {
  const timeline = timelineOf(hosts);
  return judge(fleetRules, (needs) => timeline.latestMoment(needs, NOW_MS)).map(
    ({ severity, subject, sentence }) => `${severity} ${subject}: ${sentence}`,
  );
};

const rows = (hosts: readonly HostRow[]): readonly string[] =>
  fleetModel(timelineOf(hosts).latestMoment({ fleet }, NOW_MS)).rows.map(({ names, severity, text }) =>
    `${severity ?? 'ok'} ${names} ${text}`.trim(),
  );

const faulty = { problems: [fullDisk], facts: ['kernel 6.1', 'package openssl 3.1', 'package libssl 3.1'] };

describe('judgementOf', () => {
  it('names the host whose figure is far from that of the others', () => {
    const hosts = hostRows(20, { 4: { figures: { cpu: 10, await: 412 } } }).map((host, i) =>
      i === 3 ? host : { ...host, figures: { ...host.figures, await: 2 + (i % 3) } },
    );
    expect(sentences(hosts)).toEqual(['warn node04: AWAIT 412ms, median of 20 hosts 3.0ms']);
    expect(rows(hosts)).toEqual(['ok node[01-03,05-20]', 'warn node04 AWAIT 412ms, median of 20 hosts 3.0ms']);
  });

  it('is silent for a small difference, and for four hosts', () => {
    expect(sentences(hostRows(20, { 4: { figures: { cpu: 25 } } }))).toEqual([]);
    expect(sentences(hostRows(4, { 4: { figures: { cpu: 100 } } }))).toEqual([]);
  });

  it('does not compare figures of hosts that give no readings', () => {
    const stale = { state: 'lost', why: 'timed out', figures: { cpu: 100 } } as const;
    expect(judgementOf({ hosts: hostRows(10, { 4: stale }), atMs: NOW_MS }).outliers.size).toBe(0);
  });

  it('names what hosts with a problem share, with the counts', () => {
    const hosts = hostRows(40, { 7: faulty, 19: faulty, 33: faulty });
    expect(sentences(hosts)).toEqual([
      'crit node[07,19,33]: 3 of 40 hosts, shared: libssl 3.1 and 1 more (3 of 3, 0 of 37 others): /srv: tmpfs full (ENOSPC), 0 of 1.0 MiB available',
    ]);
    expect(rows(hosts)).toEqual([
      'ok node[01-06,08-18,20-32,34-40]',
      'crit node[07,19,33] /srv: tmpfs full (ENOSPC), 0 of 1.0 MiB available',
    ]);
  });

  it('groups half of the fleet that is unreachable by the reason', () => {
    const refused = (n: number) =>
      ({ state: 'lost', why: `connect to host node${n} port 22: Connection refused` }) as const;
    const hosts = hostRows(10, { 1: refused(1), 2: refused(2), 3: refused(3), 4: refused(4), 5: { state: 'stalled', why: 'no data from the host', sinceMs: 88_000 } }); // prettier-ignore
    expect(sentences(hosts)).toEqual([
      'crit node[01-04]: 4 of 10 hosts lost for 1m40s: Connection refused',
      'crit node05: stalled for 12 s: no data from the host',
    ]);
  });

  it('names a host that does not finish its login', () => {
    const hosts = hostRows(5, { 2: { state: 'connecting', sinceMs: 88_000, problems: undefined } });
    expect(sentences(hosts)).toEqual(['crit node02: connecting for 12 s: no login yet']);
  });

  it('distinguishes two names of one host from a clone', () => {
    const hosts = hostRows(6, {
      1: { bootId: 'b1', machineId: 'm1' },
      2: { bootId: 'b1', machineId: 'm1' },
      3: { bootId: 'b3', machineId: 'm3' },
      4: { bootId: 'b4', machineId: 'm3' },
      5: { bootId: 'b5', machineId: 'm5' },
    });
    expect(sentences(hosts)).toEqual([
      'warn node[03-04]: 2 hosts with one machine-id: cloned without a reset',
      'info node[01-02]: 2 names of one host: same boot_id',
    ]);
  });

  it('has its node sets redacted when the hosts are', () => {
    const hosts = hostRows(40, { 7: faulty, 19: faulty, 2: { state: 'lost', why: 'timed out' }, 3: { state: 'lost', why: 'timed out' } }); // prettier-ignore
    const timeline = timelineOf(hosts);
    const veil = new ScreenRedaction();
    veil.learnFrom(timeline, [fleet]);
    veil.set(true);
    onTestFinished(() => veil.set(false));
    const moment = timeline.latestMoment({ fleet }, NOW_MS);
    const found = judge(fleetRules, (needs) => timeline.latestMoment(needs, NOW_MS));
    expect(found.map(({ subject }) => subject)).toEqual(expect.arrayContaining(['node[07,19]', 'node[02-03]']));
    const drawn = [
      ...found.map(shownStatement),
      ...drawSections(hostsPane.sections(fleetModel(moment)), plainPaneView, { columns: 200, rows: 40 }, makeTheme({ colour: false, ascii: true })).lines,
    ]; // prettier-ignore
    expect(drawn.join('\n')).toContain('host-');
    expect(drawn.join('\n')).not.toContain('node');
  });

  it('leaves out incidents that are over', () => {
    const past = { problems: [{ ...fullDisk, isPast: true }] };
    expect(sentences(hostRows(6, { 1: past }))).toEqual([]);
  });
});

describe('sharedFacts', () => {
  it('leaves out what most others have too, and what chance explains', () => {
    const bad = new Set(['node01', 'node02', 'node03']);
    expect(sharedFacts(hostRows(40), bad)).toEqual([]);
    const half = hostRows(6, { 1: faulty, 2: faulty, 4: faulty });
    expect(sharedFacts(half, bad)).toEqual([]);
  });

  it('needs two hosts with the problem', () => {
    expect(sharedFacts(hostRows(40, { 1: faulty }), new Set(['node01']))).toEqual([]);
  });

  it('has the lift of a fact', () => {
    const [found] = sharedFacts(
      hostRows(40, { 7: faulty, 19: faulty, 33: faulty }),
      new Set(['node07', 'node19', 'node33']),
    );
    expect(found).toEqual({
      facts: ['package libssl 3.1', 'package openssl 3.1'],
      bad: 3,
      allBad: 3,
      others: 0,
      allOthers: 37,
      lift: 40 / 3,
    });
  });
});

describe('reasonOf', () => {
  it.each([
    ['ssh: connect to host n7 port 22: Connection refused', 'Connection refused'],
    [
      'Connection timed out during SSH handshake: 10.0.0.7 port 22',
      'Connection timed out during SSH handshake: the host',
    ],
  ])('takes the host out of %s', (why, reason) => {
    expect(reasonOf(why)).toBe(reason);
  });
});
