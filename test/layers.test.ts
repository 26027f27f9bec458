import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { importsOf, layerOf, refusedImport, refusedImports } from '../scripts/layers.ts';

test('layers hold when the whole of src is read', () => {
  expect(refusedImports(resolve(import.meta.dirname, '..'))).toEqual([]);
});

// Imports that the table in docs/ARCHITECTURE.md forbids, each at a depth and in a place where a rule by relative path lets it through.
test.each([
  ['src/panes/ceph/detail/deep.ts', 'src/host/live-host.ts', 'a pane draws samples and entities'],
  ['src/panes/ceph/pane.ts', 'src/panes/ovs/pane.ts', 'a pane draws samples and entities'],
  ['src/host/ssh/connect.ts', 'src/app/screen.ts', 'it knows nothing above one'],
  ['src/host/live-host.ts', 'src/panes/ceph/pane.ts', 'panes, sessions and the screen are above it'],
  ['src/host/live-host.ts', 'src/findings/judge.ts', 'rules, panes, sessions'],
  ['src/collect/schedule.ts', 'src/panes/ceph/pane.ts', 'collecting knows no screen'],
  ['src/sources/ceph/osds.ts', 'src/findings/ceph/osd-slow.ts', 'sources are pure'],
  ['src/ui/table.ts', 'src/app/screen.ts', 'drawing helpers know the contracts'],
  ['src/recording/recorder.ts', 'src/host/ssh/connect.ts', 'a recording is a host'],
])('layers refuse %s when it imports %s', (file, target, why) => {
  const sentence = refusedImport(file, target);
  expect(sentence).toContain(`${file} imports ${target}`);
  expect(sentence).toContain(why);
});

test('layers refuse packages when they are those of another layer', () => {
  expect(refusedImport('src/sources/ceph/osds.ts', 'node:fs')).toContain('imports node:fs');
  expect(refusedImport('src/collect/schedule.ts', 'react')).toContain('imports react');
  expect(refusedImport('src/app/screen.ts', 'ssh2')).toContain('imports ssh2');
  expect(refusedImport('src/host/ssh/ssh2-connection.ts', 'ssh2')).toBeUndefined();
});

test('layers refuse a file when no layer has its folder', () => {
  expect(layerOf('src/somewhere/new.ts')).toBeUndefined();
  expect(refusedImport('src/somewhere/new.ts', 'src/lib/lines.ts')).toContain('no layer');
});

test('importsOf finds every form of import when it reads a file', () => {
  const text = [
    "import { one } from '../lib/one.ts';",
    "import type {\n  Two,\n  Three,\n} from './two.ts';",
    "export * from './four.ts';",
    "import 'node:fs';",
    "import source from './five.py?raw';",
    "const six = await import('../six.ts');",
    "const text = 'no import from here';",
    "export const word = 'from';",
  ].join('\n');
  expect(importsOf('src/a/file.ts', text)).toEqual([
    'src/lib/one.ts',
    'src/a/two.ts',
    'src/a/four.ts',
    'node:fs',
    'src/a/five.py',
    'src/six.ts',
  ]);
});
