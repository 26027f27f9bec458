import { expect, test } from 'vitest';
import { definePane } from '../../src/panes/pane.ts';
import { bindDetail, defineDetail } from '../../src/sources/source.ts';
import { ownWords } from '../../src/timeline/reading-state.ts';
import { FakeSession } from '../helpers/fake-session.ts';
import { open } from '../helpers/screen.tsx';

const agreed = defineDetail({
  id: 'agreed',
  title: 'Agreed',
  why: 'Shows what was agreed to.',
  example: {},
  reads: () => ({}),
  parse: () => undefined,
});

const asking = definePane({
  id: 'asking',
  title: 'Asking',
  needs: {},
  model: () => undefined,
  presence: () => 'present',
  tile: () => ({ figures: [] }),
  sections: () => [
    {
      kind: 'table',
      id: 'files',
      title: 'Files',
      sources: [],
      columns: [{ id: 'file', title: 'FILE', about: 'File.', width: 20, rank: 0, value: (file: string) => file }],
      rows: ['/root/openrc'],
      key: (file: string) => file,
      sort: { column: 'file', descending: false },
      detail: (file: string) => ({
        id: 'agreed',
        title: 'cloud',
        consent: { lines: [`Uses ${file}.`], yes: 'use it' },
        sources: { agreed: bindDetail(agreed, {}) },
        everySeconds: 0,
        sections: () => [],
      }),
      empty: ownWords('none'),
    },
  ],
});

test('detail reads nothing until its consent is given', async () => {
  const session = new FakeSession();
  const screen = await open({ session, panes: [asking], tab: 'asking' });
  await screen.press('enter');
  expect(screen.text()).toContain('Uses /root/openrc.');
  await screen.press('n');
  expect(session.looked).toEqual([]);
  await screen.press('enter', 'y');
  await screen.settle();
  expect(session.looked).toEqual(['agreed']);
  await screen.quit();
});

test('palette offers the story of a typed request id', async () => {
  const session = new FakeSession();
  const screen = await open({ session, panes: [asking], tab: 'asking' });
  await screen.press(':', ...Array.from('req-1edd7453-fb0d-447e-a850-eeb8606c60eb'));
  expect(screen.text()).toContain('▸ story of req-1edd7453-fb0d-447e-a850-eeb8606c60eb');
  await screen.press('enter');
  await screen.settle();
  expect(session.looked).toEqual(['openstack-story']);
  await screen.quit();
});
