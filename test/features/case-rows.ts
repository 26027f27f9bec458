import { full, inGroup, part, type FeatureRow } from './feature.ts';

/** Findings, links, time, sharing, the case, the screen, scripts and quality. */
export const caseRows: readonly FeatureRow[] = [
  ...inGroup(
    'Findings',
    full(75, 'Rules to ranked findings', 'src/findings src/incidents/explain.ts', 'test/incidents/explain.test.ts test/incidents/recorded-hosts.test.ts test/findings/faults.test.ts'),
    full(76, 'Evidence, command and next step', 'src/findings/next-steps.ts src/app/next-steps.ts', 'test/findings/next-steps.test.ts test/journeys/next-steps.test.tsx'),
    full(77, 'Rules of the engineer', 'src/figures/user-rule.ts src/commands/known-trouble.ts', 'test/figures/user-rule.test.ts test/commands/known-trouble.test.ts'),
    full(78, 'Fitted to the kind of device; robust outliers', 'src/lib/outlier.ts src/entities/machine/disk-verdicts.ts src/correlate/compare.ts', 'test/entities/ceph/osds.test.ts test/fleet/judgement.test.ts test/correlate/compare.test.ts'),
  ),
  ...inGroup(
    'Links',
    full(79, 'Guest, QEMU, tap, port, flow, NIC', 'src/incidents/dependencies src/entities/network/flow-path.ts src/app/go-to.ts', 'test/app/go-to.test.tsx test/entities/network/flow-path.test.ts test/panes/ovs/pane.test.ts'),
    part(80, 'RBD client, OSD, disk', 'src/entities/ceph/op-clients.ts src/panes/ceph/ops.ts src/sources/ceph/client-session.ts src/sources/ceph/rbd-devices.ts src/incidents/dependencies/ceph.ts', 'test/entities/ceph/op-clients.test.ts test/lab/ceph.test.ts test/incidents/ceph-dependencies.test.ts test/sources/ceph/sources.test.ts', 'of several clients that are connected to the same OSDs the process is one of a few; a client of another host has its address, and its name where a monitor is here; mapped devices were not seen live'),
    full(81, 'Jumps with the way back', 'src/app/go-to.ts src/app/trail.ts', 'test/app/go-to.test.tsx test/incidents/neighbours.test.ts'),
  ),
  ...inGroup(
    'Time',
    full(82, 'Record', 'src/recording/recorder.ts src/commands/record.ts', 'test/recording/recorder.test.ts test/lab/recording.test.ts'),
    full(83, 'Replay on the same screen', 'src/recording/replay-session.ts src/commands/replay.ts', 'test/recording/replay-session.test.ts test/commands/replay-host.test.ts'),
    full(84, 'Rewind while live, without a daemon before', 'src/timeline/timeline.ts src/app/time-travel.ts', 'test/timeline/timeline.test.ts test/app/time-travel.test.ts'),
    full(85, 'Markers and notes', 'src/recording/notes-file.ts', 'test/recording/notes-file.test.ts test/journeys/replay-notes.test.tsx'),
    full(86, 'A slice of time in one file', 'src/recording/cut.ts src/commands/cut.ts', 'test/commands/cut.test.ts'),
    full(87, 'Difference of two moments', 'src/app/compare-flow.ts src/ui/table-difference.ts', 'test/ui/table-difference.test.ts test/journeys/copy.test.tsx'),
  ),
  ...inGroup(
    'Share',
    full(88, 'Live viewers, read-only', 'src/viewers src/app/share-flow.ts src/commands/watch.ts', 'test/viewers/viewer-server.test.ts test/app/share-flow.test.tsx test/commands/watch.test.ts test/lab/viewers.test.ts'),
    full(89, 'Redaction on the screen and in files, stable pseudonyms', 'src/redact', 'test/redact/screen-redaction.test.ts test/redact/everywhere.test.ts test/redact/corpus.test.ts'),
    part(90, 'Presenting mode: focus, freeze, hidden panes, large pointer', 'src/app/presenting.ts src/app/presenting-view.ts src/app/arrange.ts', 'test/app/presenting.test.tsx test/screens/shell-presenting@120x40.txt', 'nothing but the head is enlarged'),
    full(91, 'Pause or blank a recording', 'src/recording/recorder.ts src/lib/recording-gap.ts src/app/recording-flow.ts', 'test/recording/gap.test.ts test/app/pause-recording.test.tsx'),
  ),
  ...inGroup(
    'Case',
    full(92, 'Report in Markdown', 'src/notes/markdown.ts src/commands/report.ts', 'test/notes/case-notes.test.ts test/notes/report-schema.test.ts'),
    full(93, 'Actions in order, commands, hashes of evidence', 'src/notes/case-notes.ts src/notes/recorded-events.ts src/commands/evidence.ts', 'test/notes/case-notes.test.ts test/commands/evidence.test.ts'),
    full(94, 'Screen and tables as clean text, Markdown, CSV', 'src/ui/copy.ts src/exports', 'test/journeys/copy.test.tsx test/exports/pane-table.test.ts'),
  ),
  ...inGroup(
    'Screen',
    full(95, 'Help and key hints', 'src/app/help-page.ts src/app/footer.ts', 'test/journeys/search.test.tsx test/screens/shell-help@120x40.txt'),
    full(96, 'Command palette', 'src/app/palette.ts', 'test/app/palette.test.tsx'),
    full(97, 'Search and filter everywhere, regular or fuzzy', 'src/ui/filter.ts src/ui/fuzzy.ts src/app/find.ts', 'test/ui/table.test.ts test/journeys/search.test.tsx'),
    full(98, 'Mouse', 'src/app/key-parser.ts src/app/input-router.ts', 'test/app/key-parser.test.ts test/journeys/triage.test.tsx'),
    full(99, 'Themes', 'src/theme-palettes.ts src/commands/theme-for.ts', 'test/theme-contrast.test.ts test/app/theme-choice.test.tsx'),
    full(100, 'Palette for colour blindness, marks by shape', 'src/theme.ts src/theme-palettes.ts', 'test/theme-contrast.test.ts'),
    full(101, 'Mono, NO_COLOR, ASCII', 'src/ui/ascii.ts src/theme.ts', 'test/ui/ascii-hosts.test.ts test/app/shell.test.tsx test/screens/shell-overview-ascii@120x40.txt'),
    full(102, 'Keys by the config file', 'src/keymap.ts src/config.ts', 'test/keymap.test.ts test/config.test.ts'),
    full(103, 'Tabs, layouts, one section enlarged', 'src/app/tabs.ts src/app/arrange.ts src/ui/pack.ts', 'test/app/tabs.test.ts test/ui/draw-pane.test.ts test/journeys/own-settings.test.tsx'),
    full(104, 'Small terminals and resizing', 'src/ui/table-layout.ts src/ui/pack.ts', 'test/journeys/small-screen.test.tsx test/app/overview-80x24.test.ts test/layout-contract.test.ts'),
  ),
  ...inGroup(
    'Scripts',
    full(105, 'JSON and CSV without a screen', 'src/commands/table.ts src/exports src/notes/case-notes.ts', 'test/commands/table.test.ts test/notes/report-schema.test.ts'),
    full(106, 'OpenMetrics', 'src/exports/open-metrics.ts src/exports/host-metrics.ts src/commands/export.ts', 'test/exports/host-metrics.test.ts test/commands/export.test.ts'),
  ),
  ...inGroup(
    'Quality',
    full(107, 'Published figures of its cost', 'bench', 'docs/BENCHMARKS.md'),
    full(108, 'Corpus of recorded hosts', 'src/host/recorded', 'test/hosts/README.md test/contract.test.tsx'),
    full(109, 'Tests of whole frames', 'src/app/body-painter.ts', 'test/contract.test.tsx test/screens/presence.txt'),
    full(110, 'Injected faults: hanging, huge, garbled, denied', 'src/host/protocols', 'test/host/collector/hangs.test.ts test/host/daemon-clients.test.ts test/attack/ssh-hostile-server.test.ts test/recording/damage-fuzz.test.ts'),
  ),
]; // prettier-ignore
