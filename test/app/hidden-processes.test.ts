import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { noInfluence } from '../helpers/no-influence.ts';
import { summarise, summaryWords } from '../../src/app/readings-summary.ts';
import { Watch } from '../../src/app/watch.ts';
import { LiveSession } from '../../src/collect/live-session.ts';
import { doctorText } from '../../src/commands/doctor.ts';
import type { Reached } from '../../src/commands/reach.ts';
import { reportText } from '../../src/commands/report.ts';
import { findings, panes, sources } from '../../src/subsystems/index.ts';
import type { Host } from '../../src/host/host.ts';
import { makeTheme } from '../../src/theme.ts';
import { ownWords } from '../../src/timeline/reading-state.ts';
import { unstyled } from '../../src/lib/text-width.ts';
import { drawSections } from '../../src/ui/draw-pane.ts';
import { plainPaneView } from '../../src/ui/pane-view.ts';
import { hostMoments } from '../helpers/hosts.ts';

const HIDDEN = 'hidden by hidepid=2';
/** Claims that need a login that sees all processes. */
const ABSENT =
  /no QEMU|no libvirt|no guest|no containers|no container engine|no Ceph|no Open vSwitch|no OVN on|no Kubernetes|\b0 of 0\b/i;

const theme = makeTheme({ colour: false, ascii: false });
let session: LiveSession;
let host: Host;

beforeEach(async () => {
  const last = hostMoments('hidepid').at(-1);
  if (!last) throw new Error('no recorded host');
  ({ host } = last);
  session = new LiveSession({
    host,
    live: undefined,
    audit: undefined,
    sources,
    findings,
    budgetPct: 2,
    nowMs: () => Date.now(),
  });
  await vi.waitUntil(() => session.status().sources.every(({ reads }) => reads > 0), 20_000);
  session.judgeNow();
});
afterEach(() => session.stop());

describe('a host with hidepid=2, without sudo', () => {
  test('report names what is hidden and claims no absence', () => {
    const text = reportText(session, { ascii: false, nowMs: Date.now() });
    expect(text).not.toMatch(ABSENT);
    for (const pane of ['KVM', 'CONTAINERS', 'CEPH', 'OVS', 'OVN', 'KUBERNETES'])
      expect(text).toContain(`${pane}: not readable: ${HIDDEN}\n`);
    expect(text).toMatch(/NOT READ\n {2}not readable:\n(?: {4}.*\n)*? {4}Processes: hidden by hidepid=2/);
    expect(text).toContain('1 process visible');
    expect(text.match(/unlock sudo/g)).toHaveLength(2);
  });

  test.each([
    [80, 24],
    [120, 40],
    [200, 60],
  ])('overview and every tab claim no absence at %ix%i', (columns, rows) => {
    const watch = new Watch({ session, panes, theme, clock: () => Date.now(), explainer: noInfluence });
    const shown = new Map<string, string>();
    for (const { id } of watch.tabs()) {
      watch.open(id);
      const lines = drawSections(watch.surface.sections(), plainPaneView, { columns, rows: rows - 3 }, theme).lines;
      const text = lines.map(unstyled).join('\n');
      expect(text).not.toMatch(ABSENT);
      expect(text).not.toContain(' Not present: ');
      shown.set(id, text.replaceAll(/[│\s]+/g, ' '));
    }
    for (const id of ['overview', 'processes'])
      expect(shown.get(id)).toMatch(/[Pp]rocesses of other users hidden by hidepid=2: unlock sudo \(s\)/);
    watch.open('overview');
    const present = watch.tabs().filter(({ absent }) => !absent);
    expect(present.map(({ id }) => id)).toEqual([
      'overview',
      'hardware',
      'processes',
      'network',
      'systemd',
      'storage',
      'packages',
    ]);
    expect(watch.whyAbsent('kvm')).toBe('not readable: hidden by hidepid=2');
  });

  test('overview lists panes that are not readable when they fit', () => {
    const watch = new Watch({ session, panes, theme, clock: () => Date.now(), explainer: noInfluence });
    const { lines } = drawSections(watch.surface.sections(), plainPaneView, { columns: 160, rows: 57 }, theme);
    expect(lines.map(unstyled).join('\n')).toContain(
      `Not readable: ${HIDDEN}: KVM, Containers, Ceph, OVS, OVN, Kubernetes`,
    );
  });

  test('overview keeps every reason when panes are not readable for different ones', () => {
    const denied = {
      ...panes[0]!,
      id: 'slab',
      title: 'Slab',
      presence: () => ({ hidden: ownWords('not readable: /proc/slabinfo') }),
    };
    const watch = new Watch({
      session,
      panes: [...panes, denied],
      theme,
      clock: () => Date.now(),
      explainer: noInfluence,
    });
    const { lines } = drawSections(watch.surface.sections(), plainPaneView, { columns: 160, rows: 57 }, theme);
    const text = lines.map(unstyled).join('\n');
    expect(text).toContain(`Not readable: ${HIDDEN}: KVM`);
    expect(text).toContain('Not readable: /proc/slabinfo: Slab');
  });

  test('doctor reports reads of processes and threads as denied', async () => {
    // Part of a live host that the doctor uses.
    const reached = {
      host: { ...host, root: () => ({ state: 'password', detail: '' }), transport: () => 'ssh2 · python3' },
    } as unknown as Reached;
    const text = await doctorText(reached, session);
    expect(text).not.toMatch(/ok +(Processes|Threads)/);
    expect(text).toMatch(/not readable +Processes: hidden by hidepid=2 \(needs root\)/);
    expect(text.match(/not readable +Threads of/g)).toHaveLength(2);
  });

  test('summaryWords names hidden processes', () => {
    expect(summaryWords(summarise(sources, session.timeline))).toContain(
      `Processes of other users ${HIDDEN}: unlock sudo (s).`,
    );
  });
});
