import { expect, test } from 'vitest';
import { changesSections, type ChangesInput } from '../../src/app/changes-page.ts';
import type { Change } from '../../src/changes/change.ts';
import type { StandingFinding } from '../../src/collect/session.ts';
import { thisHost } from '../../src/findings/entity-ref.ts';
import { missing } from '../../src/host/host.ts';
import { unstyled } from '../../src/lib/text-width.ts';
import { packageLog } from '../../src/sources/machine/package-log.ts';
import { makeTheme } from '../../src/theme.ts';
import { Timeline } from '../../src/timeline/timeline.ts';
import { drawSections } from '../../src/ui/draw-pane.ts';
import { plainPaneView } from '../../src/ui/pane-view.ts';
import { rowsOf } from '../helpers/no-influence.ts';

const theme = makeTheme({ colour: false, ascii: false });
const NOW = Date.parse('2026-11-30T12:00:00Z');

const change = (minutesAgo: number, more: Partial<Change>): Change => ({
  atMs: NOW - minutesAgo * 60_000,
  what: 'package',
  subject: 'openssl',
  sentence: 'upgraded 3.0.11 → 3.0.13',
  source: '/var/log/dpkg.log',
  ...more,
});

const finding: StandingFinding = {
  rule: 'disk-hung',
  key: 'disk-hung disk:sda',
  severity: 'crit',
  entity: thisHost,
  subject: 'sda',
  sentence: 'no completions for 16 s',
  evidence: [],
  next: 'read the kernel log',
  onset: { secondsAgo: 1200, source: 'kernel log' },
  sinceMs: NOW - 60_000,
  seenMs: NOW,
};

const linesOf = (more: Partial<ChangesInput>, timeline = new Timeline()) =>
  drawSections(
    changesSections({
      momentOf: (needs) => timeline.moment(needs, NOW),
      changes: [],
      incidents: [],
      nowMs: NOW,
      fromMs: NOW - 3_600_000,
      ...more,
    }),
    plainPaneView,
    { columns: 130, rows: 20 },
    theme,
  ).lines.map(unstyled);

test('changesSections has changes newest first, with the onset of an incident between them', () => {
  const lines = linesOf({
    changes: [
      change(5, { what: 'sysctl', subject: 'vm.swappiness', sentence: '60 → 1', afterMs: NOW - 360_000 }),
      change(29, { by: 'apt-get upgrade' }),
    ],
    incidents: rowsOf([finding]),
  });
  const found = lines.flatMap((line) => /(.\d\d:\d\d:\d\d) +(\S+) (\w+(?: onset)?) +(.*)/.exec(line)?.slice(1, 5).map((text) => text.replaceAll(/[│ ]+/g, ' ').trim()).join(' | ') ?? []); // prettier-ignore
  expect(found).toEqual([
    '≤11:55:00 | 5m00 | sysctl | vm.swappiness 60 → 1 /var/log/dpkg.log',
    '11:40:00 | 20m00 | CRIT onset | sda no completions for 16 s disk-hung',
    '11:31:00 | 29m00 | package | openssl upgraded 3.0.11 → 3.0.13 (apt-get upgrade) /var/log/dpkg.log',
  ]);
});

test('changesSections names what was not read with the reason, and leaves out what the host does not have', () => {
  const timeline = new Timeline();
  timeline.append(packageLog.id, {
    sample: { packages: [], runs: [] },
    at: 1,
    wallMs: NOW,
    missing: {
      dnf: missing('absent', 'no such file'),
      dpkg: missing('failed', '/var/log/dpkg.log: not in this recording'),
    },
    tookMs: 1,
  });
  const text = linesOf({}, timeline).join('\n');
  expect(text).toContain('not in this recording: Log of packages');
  expect(text).toContain('not read yet: Files changed in /etc');
  expect(text).not.toContain('not present');
});
