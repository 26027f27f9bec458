import type { StandingFinding } from '../collect/session.ts';
import { findings } from '../subsystems/index.ts';
import { plainPaneView } from '../ui/pane-view.ts';
import { objectOf } from './finding-lines.ts';
import { rawBehind, readingsBehind } from './finding-readings.ts';
import { EVIDENCE } from './incident-table.ts';
import { rawSections } from './raw-page.ts';
import { scrollToMarks } from './row-readings.ts';
import type { Screen } from './screen.ts';
import { Surface } from './surface.ts';

/**
 * Opens the raw readings behind a finding, the one that its evidence names first, at its marked lines; then the other readings. False for a
 * finding of an unknown rule.
 */
export function openReadings(screen: Screen, finding: StandingFinding): boolean {
  const { watch, surface, theme, size, clock } = screen;
  if (!watch) return false;
  const selected = surface?.focused()?.id === EVIDENCE ? surface.selected(theme) : undefined;
  const chosen = selected && [selected.row as StandingFinding['evidence'][number]];
  const behind = readingsBehind(finding, [...findings, ...screen.own.rules], chosen);
  if (!behind) return false;
  const own = rawBehind(watch.session, behind);
  const others = watch.sourceIds().filter((id) => !own.includes(id));
  const nowMs = clock();
  // Readings of the time of the key press: they do not change while the page is open.
  const ranked = rawSections(watch.session, own, nowMs, behind);
  const sections = [...ranked, ...rawSections(watch.session, others, nowMs)];
  const scroll = scrollToMarks(ranked, size.columns);
  screen.layers.push({
    kind: 'page',
    surface: new Surface({
      id: 'raw',
      title: `Raw: ${objectOf(finding)}`,
      sections: () => sections,
      view: { ...plainPaneView, scroll },
    }),
  });
  return true;
}
