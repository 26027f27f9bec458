import { gzipSync } from 'node:zlib';
import { sampleStacks } from '../collect/sample-stacks.ts';
import { plain } from '../lib/plain.ts';
import { diffSections } from '../panes/processes/stack-diff.ts';
import { profileSections, samplingLines, STACK_TREE } from '../panes/processes/stack-profile.ts';
import type { ProcessRef, Section } from '../panes/pane.ts';
import { flameSvg } from '../stacks/flame-svg.ts';
import { foldedStacks, foldedText } from '../stacks/folded.ts';
import { pprofBytes } from '../stacks/pprof.ts';
import type { StackProfile } from '../stacks/profile.ts';
import { profileAbout, profileText } from '../stacks/profile-text.ts';
import type { Sampling } from '../stacks/sampling.ts';
import { speedscopeJson } from '../stacks/speedscope.ts';
import { diffFolded, diffStacks, diffText } from '../stacks/stack-diff.ts';
import { stackTree, stateKey } from '../stacks/stack-tree.ts';
import { plainPaneView, withTable } from '../ui/pane-view.ts';
import { inBackground } from './background.ts';
import { earlierSample, keepSample, type EarlierSample } from './earlier-samples.ts';
import type { Screen } from './screen.ts';
import { Surface, type SurfaceFile } from './surface.ts';

/** Opens the page of a process's stacks and samples them for a time, or until the page is closed. */
export function openSampling(screen: Screen, process: ProcessRef, forMs: number): void {
  const session = screen.watch?.session;
  if (!session) return;
  const stopped = new AbortController();
  const earlier = earlierSample(session, process);
  let sampling: Sampling | undefined;
  let made: { readonly of: Sampling | undefined; readonly sections: readonly Section[] } | undefined;
  const sections = () => {
    if (made?.of !== sampling) made = undefined;
    made ??= { of: sampling, sections: sectionsOf(sampling, earlier) };
    return made.sections;
  };
  screen.layers.push({
    kind: 'page',
    surface: new Surface({
      id: 'stack-sample',
      title: `Stacks of ${plain(process.name)} (${process.pid}), sampled for ${forMs / 1000} s`,
      sections,
      process,
      files: () => (sampling?.profile ? filesOf(sampling.profile, sampling, earlier) : []),
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
    const last = await sampleStacks(session, process, { forMs, budgetPct, stopped: stopped.signal, progress: show });
    // What was stopped early is compared with nothing.
    if (last.profile && !stopped.signal.aborted)
      keepSample(session, process, { profile: last.profile, atMs: screen.clock() });
    show(last);
  });
}

/** Sections of a sampling, which are there before its first reading too. */
function sectionsOf(sampling: Sampling | undefined, earlier: EarlierSample | undefined): readonly Section[] {
  const head = samplingLines(sampling);
  const profile = sampling?.profile;
  if (!profile) return [head];
  const tree = stackTree(profile);
  const shown = profileSections({ profile, tree, node: tree });
  // Shares of a sampling that has just begun change with each reading.
  if (!earlier || !sampling.done) return [head, ...shown];
  const [before, after] = [foldedStacks(earlier.profile), foldedStacks(profile)];
  const diff = diffStacks(before, after);
  const beforeTree = stackTree(earlier.profile);
  return [
    head,
    ...diffSections({ since: timeOf(earlier), before, after, diff, beforeTree, afterTree: tree }),
    ...shown,
  ];
}

/** `12:03:01`, as on the time bar. */
const timeOf = ({ atMs }: EarlierSample): string => new Date(atMs).toISOString().slice(11, 19);

const filesOf = (
  profile: StackProfile,
  { effect }: Sampling,
  earlier: EarlierSample | undefined,
): readonly SurfaceFile[] => [
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
  ...(earlier ? diffFiles(earlier, profile) : []),
];

const diffFiles = (earlier: EarlierSample, profile: StackProfile): readonly SurfaceFile[] => {
  const both = () => [foldedStacks(earlier.profile), foldedStacks(profile)] as const;
  const since = timeOf(earlier);
  return [
    {
      title: 'Changes as text',
      about: `functions that grew and shrank since ${since}`,
      extension: 'diff.txt',
      content: () => diffText(diffStacks(...both()), `sampling until ${since}`, 'this sampling'),
    },
    {
      title: 'Changes as folded stacks',
      about: 'both numbers of samples, for flamegraph.pl',
      extension: 'diff.folded',
      content: () => diffFolded(...both()),
    },
  ];
};
