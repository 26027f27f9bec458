import { expect, test } from 'vitest';
import { noInfluence } from '../helpers/no-influence.ts';
import { narrowed } from '../../src/app/choose.ts';
import { paletteChoices } from '../../src/app/palette.ts';
import { Screen } from '../../src/app/screen.ts';
import { Watch } from '../../src/app/watch.ts';
import { actions, resolveKeymap } from '../../src/keymap.ts';
import { panes } from '../../src/subsystems/index.ts';
import { makeTheme } from '../../src/theme.ts';
import { fakeAbsent, fakePanes } from '../helpers/fake-panes.ts';
import { cannedSession, START_MS } from '../helpers/fake-session.ts';
import { open } from '../helpers/screen.tsx';

function choicesOf() {
  const theme = makeTheme({ colour: false, ascii: false });
  const clock = () => START_MS;
  // No choice runs: the terminal is a stub.
  const screen = new Screen({ theme, keymap: resolveKeymap().keymap, clock, terminal: {} as never });
  screen.watch = new Watch({ session: cannedSession(), panes, theme, clock, explainer: noInfluence, tab: 'processes' });
  return paletteChoices(screen);
}

test('palette offers a pane first when one of its names is typed', () => {
  const choices = choicesOf();
  for (const { id, title, aliases = [] } of panes)
    for (const name of [id, title, ...aliases]) {
      const owners = panes.filter((pane) => pane.id === id || pane.aliases?.includes(name));
      const first = narrowed(choices, name)[0];
      const isSection = first?.title.startsWith('section ') === true;
      const pane = isSection ? `pane ${first.about}` : first?.title;
      expect([name, owners.map((owner) => `pane ${owner.title}`)]).toEqual([name, expect.arrayContaining([pane])]);
    }
});

test('palette offers an action that changes the session last of equals when a prefix of a pane name is typed', () => {
  const changing = new Set<string>(actions.filter(({ changesSession }) => changesSession).map(({ title }) => title));
  expect(changing).toContain('redact');
  const choices = choicesOf();
  for (const name of panes.flatMap(({ id, aliases = [] }) => [id, ...aliases]))
    for (let letters = 2; letters <= name.length; letters++) {
      const query = name.slice(0, letters);
      expect([query, changing.has(narrowed(choices, query)[0]?.title ?? '')]).toEqual([query, false]);
    }
  expect(narrowed(choices, 'redact')[0]?.title).toBe('redact');
});

test('palette opens Kubernetes and leaves redaction off when pod is typed', async () => {
  const screen = await open({ session: cannedSession(), panes });
  await screen.press(':', 'p', 'o', 'd', 'enter');
  expect(screen.line(1)).toMatch(/\[\d Kubernetes/);
  expect(screen.line(0)).toContain('support@node-7');
  await screen.quit();
});

test('palette offers an absent pane with the reason when its name is typed', async () => {
  const all = [...fakePanes.filter(({ id }) => id !== fakeAbsent.id), fakeAbsent];
  const screen = await open({ session: cannedSession(), panes: all });
  expect(screen.line(1)).not.toContain(`[6 ${fakeAbsent.title}`);
  await screen.press(':', ...Array.from(fakeAbsent.id));
  expect(screen.text()).toMatch(new RegExp(`▸ pane ${fakeAbsent.title} `));
  expect(screen.text()).toContain('no ceph.conf');
  await screen.press('enter');
  expect(screen.line(1)).toContain(`[6 ${fakeAbsent.title}`);
  await screen.quit();
});

test('palette opens the section that an alias of its pane names', async () => {
  const choices = choicesOf();
  const firstOf = (query: string) => {
    const [first] = narrowed(choices, query);
    return `${first?.title} ${first?.about ?? ''}`.trim();
  };
  expect(['numa', 'disk', 'net', 'cpu'].map(firstOf)).toEqual([
    'section NUMA nodes Hardware',
    'section Disks Hardware',
    'section Network interfaces Hardware',
    'section CPUs Hardware',
  ]);
  const titles = ['po', 'pods', 'vm', 'guest', 'ct', 'container', 'osd', 'flows', 'pg'].map(firstOf);
  expect(titles).toEqual([
    'section Pods of this node Kubernetes',
    'section Pods of this node Kubernetes',
    'pane KVM',
    'section Guests KVM',
    'pane Containers',
    'section Containers Containers',
    'section OSDs Ceph',
    'section Datapath flows OVS',
    'pane Ceph',
  ]);
});

test('palette ranks a match of the explanation after names, columns and actions', () => {
  const titles = narrowed(choicesOf(), 'last 24 hours').map(({ title }) => title);
  // Only explanations have the words: that of H.
  expect(titles).toEqual(['what changed']);
});

test('palette offers a near name when nothing matches, and no action that changes the session', async () => {
  const screen = await open({ session: cannedSession(), panes });
  await screen.press(':', ...Array.from('kubrenetes'));
  expect(screen.text()).toContain('no match; did you mean');
  expect(screen.text()).toContain('▸ pane Kubernetes');
  await screen.press('esc', ':', ...Array.from('redcat'));
  expect(screen.text()).toContain('no match');
  expect(screen.text()).not.toContain('▸ redact');
  await screen.quit();
});
