import { expect, test } from 'vitest';
import { missing } from '../../../src/host/host.ts';
import { unstyled } from '../../../src/lib/text-width.ts';
import { unitDetail } from '../../../src/panes/systemd/unit-detail.ts';
import type { Detail } from '../../../src/panes/pane.ts';
import { sectionLines } from '../../helpers/plain-pane.ts';

const unit = { name: 'ssh.service', description: '', load: 'loaded', active: 'active', sub: 'running', job: undefined, trouble: undefined }; // prettier-ignore
const entry = (i: number, text: string) => JSON.stringify({ __CURSOR: `s=5c1a;i=${i}`, __REALTIME_TIMESTAMP: `176448512${i}000000`, PRIORITY: '3', SYSLOG_IDENTIFIER: 'sshd', _PID: '812', MESSAGE: text }); // prettier-ignore

type Arguments = Parameters<Detail['sections']>;
const drawn = (detail: Detail, id: string, samples: Arguments[0], gone: Arguments[1] = {}): string => {
  const section = detail.sections(samples, gone).find((one) => one.id === id);
  if (!section) throw new Error(`no section ${id}`);
  return sectionLines(section, 120, 20).map(unstyled).join('\n');
};

/** Detail behind a view of the page of a unit. */
function viewOf(id: string): Detail {
  const views = unitDetail(unit)
    .sections({}, {})
    .find((section) => section.id === 'journal-views');
  const row = views?.kind === 'table' ? views.rows.find((one) => views.key(one) === id) : undefined;
  const detail = views?.kind === 'table' && row !== undefined ? views.detail?.(row) : undefined;
  if (!detail) throw new Error(`no view ${id}`);
  return detail;
}

test('unitDetail lists the views of the journal, without the one that it shows', () => {
  const lines = drawn(unitDetail(unit), 'journal-views', {});
  expect([...lines.matchAll(/^ *(errors|warnings|hour|previous boot|follow|last) /gm)].map(([, id]) => id)).toEqual(['errors', 'warnings', 'hour', 'previous boot', 'follow']); // prettier-ignore
});

test('view of errors shows entries, and why there are none', () => {
  const detail = viewOf('errors');
  const log = detail.sources['log']?.parse({ log: `${entry(1, 'one')}\n${entry(2, 'two\u001B[31m')}` });
  expect(drawn(detail, 'journal', { log })).toMatch(/06:45:22 +err +sshd\[812\] +two\S*\[31m\n.*06:45:21 +err +sshd\[812\] +one/); // prettier-ignore
  const gone = { log: { log: missing('denied', 'journalctl: permission denied') } };
  expect(drawn(detail, 'journal', { log: { entries: undefined } }, gone)).toContain('permission denied');
});

test('view that follows adds what came since', () => {
  const detail = viewOf('follow');
  const source = detail.sources['log'];
  source?.parse({ log: entry(1, 'one') });
  expect(detail.everySeconds).toBe(2);
  expect(drawn(detail, 'journal', { log: source?.parse({ log: entry(2, 'two') }) })).toMatch(/two\n.*one/);
});
