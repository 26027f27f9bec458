import { expect, test } from 'vitest';
import { drawTabs, type Tab } from '../../src/app/tabs.ts';
import { unstyled } from '../../src/lib/text-width.ts';
import { paneKeys } from '../../src/pane-keys.ts';
import { makeTheme } from '../../src/theme.ts';

const TITLES = ['Overview', 'Hardware', 'Processes', 'KVM', 'Containers', 'Ceph', 'OVS', 'OVN', 'Kubernetes'];
const ROOTS = [18, 1, 0, 2, 5, 1, 0, 0, 9];

const tabs = (absent: readonly string[] = []): readonly Tab[] =>
  TITLES.map((title, i) => ({
    id: paneKeys[i]?.pane ?? '',
    title,
    worst: (ROOTS[i] ?? 0) > 0 ? 'crit' : undefined,
    roots: ROOTS[i] ?? 0,
    victims: 0,
    absent: absent.includes(title),
  }));

const lineOf = (columns: number, absent?: readonly string[], current = 'overview', ascii = false): string => {
  const keyOf = (id: string) => paneKeys.find(({ pane }) => pane === id)?.key;
  return unstyled(
    drawTabs(tabs(absent), current, { note: '', columns, keyOf }, makeTheme({ colour: false, ascii })).line,
  ).trimEnd();
};

test('tabs lose the titles of absent panes, then parts of titles, then those of tabs without marks', () => {
  expect(lineOf(120, ['OVN'])).toBe(
    '[1 Overview▲18] 2 Hardware▲1  3 Processes  4 KVM▲2  5 Containers▲5  6 Ceph▲1  7 OVS (8 OVN) 9 Kubernetes▲9',
  );
  expect(lineOf(100, ['OVN', 'OVS'])).toBe(
    '[1 Overview▲18] 2 Hardware▲1  3 Processes  4 KVM▲2  5 Containers▲5  6 Ceph▲1  7  8  9 Kubernetes▲9',
  );
  expect(lineOf(80)).toBe('[1 Overview▲18] 2 HW▲1  3 Proc  4 KVM▲2  5 CT▲5  6 Ceph▲1  7 OVS  8  9 K8s▲9');
  expect(lineOf(60)).toBe('[1 Overview▲18] 2 HW▲1  3  4 KVM▲2  5 CT▲5  6▲1  7  8  9▲9');
});

test('tabs that do not fit are counted at both ends, the current one stays', () => {
  expect(lineOf(40, [], 'ceph')).toMatch(/^…\d .*\[6 Ceph▲1\].* …\d$/);
});

test('tabs in ASCII have their marks apart', () => {
  expect(lineOf(80, [], 'overview', true)).toContain('[1 Overview !18]');
});
