import { judgementOf } from '../fleet/judgement.ts';
import type { FleetSession } from '../fleet/live/fleet-session.ts';
import { fleetModel, hostsPane, stateCounts } from '../fleet/pane.ts';
import { fleet as fleetSource } from '../fleet/fleet-source.ts';
import { shownStatement } from '../findings/statement.ts';
import { plain, sanitize } from '../lib/plain.ts';
import { unstyled } from '../lib/text-width.ts';
import { ScreenRedaction } from '../redact/screen-redaction.ts';
import { makeTheme } from '../theme.ts';
import { drawSections } from '../ui/draw-pane.ts';
import { plainPaneView } from '../ui/pane-view.ts';
import { learnSession } from '../exports/redacted-output.ts';
import { keepNames } from './keep-names.ts';

const COLUMNS = 160;
const MOST_ROWS = 400;

/** Matrix of a fleet as plain text: incidents, hosts, what those with a problem share. */
export function fleetText(
  session: FleetSession,
  { nowMs, ascii }: { readonly nowMs: number; readonly ascii: boolean },
): string {
  const theme = makeTheme({ colour: false, ascii });
  const model = fleetModel(session.timeline.latestMoment(hostsPane.needs, nowMs));
  const found = session.findings();
  const out = [
    `crashcart fleet report: ${plain(session.host.name)}, ${new Date(nowMs).toISOString()}`,
    stateCounts(model.hosts),
    '',
    found.length === 0 ? 'INCIDENTS: none' : `INCIDENTS: ${found.length}`,
    ...found.flatMap((one) => [
      `${theme.glyphs.severity[one.severity]} ${one.severity.toUpperCase().padEnd(4)} ${shownStatement(one)}`,
      ...one.evidence.map(({ what, value, source }) => `       ${plain(what)}: ${plain(value)}  (${plain(source)})`),
    ]),
    '',
    ...hostsPane.sections(model).flatMap((section) => {
      const rows = section.kind === 'table' ? Math.min(MOST_ROWS, Math.max(1, section.rows.length)) + 3 : 3;
      return drawSections([section], plainPaneView, { columns: COLUMNS, rows }, theme).lines;
    }),
  ];
  return `${out.map((line) => sanitize(unstyled(line)).trimEnd()).join('\n')}\n`;
}

/** Rows, problems and shared facts of a fleet as JSON; package versions are left out but for those that are shared. */
export function fleetJson(session: FleetSession, nowMs: number): string {
  const sample = session.sample();
  const judgement = sample && judgementOf(sample);
  const clean = (_: string, value: unknown): unknown => (typeof value === 'string' ? plain(value) : value);
  const value = {
    crashcart: 'fleet',
    version: 1,
    at: new Date(nowMs).toISOString(),
    fleet: session.host.name,
    hosts: (sample?.hosts ?? []).map(({ facts, sinceMs, ties: _ties, slice: _slice, ...row }) => ({
      ...row,
      since: new Date(sinceMs).toISOString(),
      facts: facts.length,
      outliers: judgement?.outliers.get(row.name) ?? [],
    })),
    incidents: judgement?.incidents ?? [],
    clusters: judgement?.clusters ?? [],
    problems: judgement?.problems ?? [],
    unreachable:
      judgement?.unreachable.map(({ sinceMs, ...one }) => ({ ...one, since: new Date(sinceMs).toISOString() })) ?? [],
    sameIdentity: judgement?.same ?? [],
    notes: (sample?.notes ?? []).map(({ atMs, ...note }) => ({ at: new Date(atMs).toISOString(), ...note })),
  };
  return `${JSON.stringify(value, clean, 2)}\n`;
}

/** Text with pseudonyms for the identifiers of all hosts. */
export function redactedFleet(session: FleetSession, text: () => string): string {
  const veil = new ScreenRedaction();
  for (const name of [session.host.name, ...(session.sample()?.hosts ?? []).map((host) => host.name)])
    veil.learnTarget(name);
  for (const one of session.sessions()) learnSession(veil, one);
  veil.learnFrom(session.timeline, [fleetSource]);
  veil.set(true);
  try {
    return text();
  } finally {
    veil.set(false);
    keepNames(veil.redactor, Date.now());
  }
}
