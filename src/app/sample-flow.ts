import { gzipSync } from 'node:zlib';
import { sampleStacks } from '../collect/sample-stacks.ts';
import { plain } from '../lib/plain.ts';
import { profileSections, samplingLines, STACK_TREE } from '../panes/processes/stack-profile.ts';
import type { ProcessRef, Section } from '../panes/pane.ts';
import { flameSvg } from '../stacks/flame-svg.ts';
import { foldedText } from '../stacks/folded.ts';
import { pprofBytes } from '../stacks/pprof.ts';
import type { StackProfile } from '../stacks/profile.ts';
import { profileAbout, profileText } from '../stacks/profile-text.ts';
import type { Sampling } from '../stacks/sampling.ts';
import { speedscopeJson } from '../stacks/speedscope.ts';
import { stackTree, stateKey } from '../stacks/stack-tree.ts';
import { plainPaneView, withTable } from '../ui/pane-view.ts';
import { inBackground } from './background.ts';
import type { Screen } from './screen.ts';
import { Surface, type SurfaceFile } from './surface.ts';

/** Opens the page of a process's stacks and samples them for a time, or until the page is closed. */
export function openSampling(screen: Screen, process: ProcessRef, forMs: number): void {
  const session = screen.watch?.session;
  if (!session) return;
  const stopped = new AbortController();
  let sampling: Sampling | undefined;
  let made: { readonly of: Sampling | undefined; readonly sections: readonly Section[] } | undefined;
  const sections = () => {
    if (made?.of !== sampling) made = undefined;
    made ??= { of: sampling, sections: sectionsOf(sampling) };
    return made.sections;
  };
  screen.layers.push({
    kind: 'page',
    surface: new Surface({
      id: 'stack-sample',
      title: `Stacks of ${plain(process.name)} (${process.pid}), sampled for ${forMs / 1000} s`,
      sections,
      process,
      files: () => (sampling?.profile ? filesOf(sampling.profile, sampling) : []),
      // Idle threads are most of most daemons: folded until they are opened.
      view: withTable(plainPaneView, STACK_TREE, { collapsed: new Set([stateKey('events')]) }),
    }),
    onClose: () => stopped.abort(),
  });
  const show = (next: Sampling) => {
    sampling = next;
    screen.changed();
  };
  inBackground(screen, async () => {
    const { budgetPct } = session.status();
    show(await sampleStacks(session, process, { forMs, budgetPct, stopped: stopped.signal, progress: show }));
  });
}

/** Sections of a sampling, which are there before its first reading too. */
function sectionsOf(sampling: Sampling | undefined): readonly Section[] {
  const head = samplingLines(sampling);
  const profile = sampling?.profile;
  if (!profile) return [head];
  const tree = stackTree(profile);
  return [head, ...profileSections({ profile, tree, node: tree })];
}

const filesOf = (profile: StackProfile, { effect }: Sampling): readonly SurfaceFile[] => [
  {
    title: 'Flame graph as SVG',
    about: 'opens in any browser, without a network',
    extension: 'svg',
    content: () => flameSvg(stackTree(profile), `${profile.name} (${profile.pid})`, profileAbout(profile)),
  },
  {
    title: 'Folded stacks',
    about: 'for flamegraph.pl, inferno',
    extension: 'folded',
    content: () => foldedText(profile),
  },
  {
    title: 'speedscope',
    about: 'JSON for speedscope.app',
    extension: 'speedscope.json',
    content: () => speedscopeJson(profile),
  },
  { title: 'pprof', about: 'for go tool pprof', extension: 'pb.gz', content: () => gzipSync(pprofBytes(profile)) },
  {
    title: 'Stacks as text',
    about: 'states, then each stack with its share',
    extension: 'txt',
    content: () => profileText(profile, effect),
  },
];
