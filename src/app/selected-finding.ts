import type { StandingFinding } from '../collect/session.ts';
import { incidentDetailId, INCIDENTS, VICTIMS, type IncidentRow, type Victim } from './incident-table.ts';
import type { Screen } from './screen.ts';
import { selectionOf } from '../ui/table.ts';
import { tableViewOf } from '../ui/pane-view.ts';
import { OVERVIEW } from './watch.ts';

/**
 * Finding that keys act on: on the Overview the root of the incident that is explained below the table, in the detail of an
 * incident its root, or the finding under the pointer of those that it explains.
 */
export function selectedFinding({ surface, watch, theme }: Screen): StandingFinding | undefined {
  if (!surface || !watch) return undefined;
  if (surface.id !== OVERVIEW) {
    const root = watch.session.findings().find((finding) => surface.id === incidentDetailId(finding));
    const selected = root && surface.focused()?.id === VICTIMS ? surface.selected(theme) : undefined;
    return selected ? (selected.row as Victim).finding : root;
  }
  const section = surface.shown().find(({ id }) => id === INCIDENTS);
  if (section?.kind !== 'table') return undefined;
  const chosen = selectionOf<IncidentRow>(section, tableViewOf(surface.view, INCIDENTS), theme);
  if (!chosen) return undefined;
  const { root, incident } = chosen.row;
  // A finding that has ended since it was drawn has no steps; a root that could not be read has no finding.
  return incident.unread === undefined ? watch.session.findings().find(({ key }) => key === root.key) : root;
}
