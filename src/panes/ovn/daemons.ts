import { chassisLags, northdLag } from '../../entities/ovn/chassis.ts';
import { grade, limits } from '../../thresholds.ts';
import { cutStyled, fit } from '../../lib/text-width.ts';
import { count, ms, percent, span } from '../../lib/units.ts';
import type { Missing } from '../../host/host.ts';
import { ovnCentral, type OvnCentralSample } from '../../sources/ovn/central.ts';
import { ovnDaemons, type Engine } from '../../sources/ovn/daemons.ts';
import { ovsThreads } from '../../sources/ovs/threads.ts';
import { threadUses } from '../../sources/ovs/rates.ts';
import type { Theme } from '../../theme.ts';
import { delta, type Moment } from '../../timeline/moment.ts';
import type { LinesSection } from '../pane.ts';
import { part, type Line } from './line.ts';
import { raftLine } from './raft.ts';
import { notTakenText } from '../../ui/kit/missing-reason.ts';

export const daemonNeeds = { ovnDaemons, ovnCentral, ovsThreads };

const unresponsive = (why: Missing) =>
  part(
    notTakenText(why.detail) ?? `${why.why === 'denied' ? 'not readable' : 'unresponsive'}: ${why.why}, ${why.detail}`,
    'crit',
  );

/** Engine nodes whose recompute is a full one. */
const HEAVY = ['lflow_output', 'pflow_output', 'runtime_data', 'northd', 'lflow'];

function recomputes(
  now: ReadonlyMap<string, Engine> | undefined,
  before: ReadonlyMap<string, Engine> | undefined,
  seconds: number | undefined,
): number | undefined {
  let most: number | undefined;
  for (const name of HEAVY) {
    const rate = delta(now?.get(name)?.recomputes, before?.get(name)?.recomputes, seconds);
    if (rate !== undefined) most = Math.max(most ?? 0, rate);
  }
  return most;
}

const recomputeParts = (rate: number | undefined) =>
  rate === undefined
    ? []
    : [
        part(
          `full recomputes: ${rate < 0.05 ? 'none recently' : `${rate.toFixed(1)}/s`}`,
          grade(rate, limits.ovnRecomputesPerSec),
        ),
      ];

/** Chassis at the newest nb_cfg; hv_cfg, the slowest one's, where the southbound database is not on this host. */
function appliedWords(central: OvnCentralSample): string {
  const known = chassisLags(central).flatMap(({ behind }) => behind ?? []);
  return known.length === 0
    ? `hv_cfg ${count(central.global?.hvCfg)}`
    : `applied on ${known.filter((behind) => behind === 0).length} of ${known.length} chassis`;
}

export function daemonLines(moment: Moment<typeof daemonNeeds>): readonly Line[] {
  const { now, before, seconds } = moment.ovnDaemons;
  const central = moment.ovnCentral.now;
  const lines: Line[] = [];
  const uses = threadUses(moment.ovsThreads);
  const cpuOf = (name: string) => {
    const pids = new Set(
      uses.filter(({ thread, pid }) => thread.tid === pid && thread.name === name).map(({ pid }) => pid),
    );
    const known = uses.flatMap(({ pid, cpuPct }) => (pids.has(pid) ? (cpuPct ?? []) : []));
    return known.length === 0 ? [] : [part(`CPU ${percent(known.reduce((all, pct) => all + pct, 0))}`)];
  };
  if (now?.controllerSilent !== undefined)
    lines.push({ label: 'controller', parts: [unresponsive(now.controllerSilent)] });
  else if (now?.connection !== undefined)
    lines.push({
      label: 'controller',
      parts: [
        part(
          now.connection === 'connected' ? 'southbound connected' : `southbound ${now.connection}`,
          now.connection === 'connected' ? 'text' : 'crit',
        ),
        ...recomputeParts(recomputes(now.controllerEngine, before?.controllerEngine, seconds)),
        ...cpuOf('ovn-controller'),
      ],
    });
  if (now?.northdSilent !== undefined) lines.push({ label: 'northd', parts: [unresponsive(now.northdSilent)] });
  else if (now?.northd !== undefined) {
    const loop = now.watches.get('ovn-northd-loop');
    lines.push({
      label: 'northd',
      parts: [
        part(now.northd, now.northd === 'paused' ? 'crit' : 'text'),
        ...recomputeParts(recomputes(now.northdEngine, before?.northdEngine, seconds)),
        ...(loop === undefined
          ? []
          : [part(`loop ${ms(loop.averageMs)}, p95 ${ms(loop.p95Ms)}, max ${ms(loop.mostMs)}`)]),
        ...cpuOf('ovn-northd'),
      ],
    });
  }
  if (central?.global) {
    const { nbCfg, sbCfg, hvCfg, nbCfgMs } = central.global;
    const lag = northdLag(central);
    const age = central.hostMs === undefined || nbCfgMs === undefined ? undefined : (central.hostMs - nbCfgMs) / 1000;
    lines.push({
      label: 'nb_cfg',
      parts: [
        part(`${count(nbCfg)}${age === undefined ? '' : `, ${span(Math.max(0, age))} ago`}`),
        part(`sb_cfg ${count(sbCfg)}`, (lag?.behind ?? 0) > 0 ? grade(lag?.seconds, limits.ovnBehindSeconds) : 'text'),
        part(appliedWords(central), (hvCfg ?? 0) < (nbCfg ?? 0) ? 'warn' : 'text'),
      ],
    });
  }
  for (const [label, one] of [
    ['northbound', central?.northbound],
    ['southbound', central?.southbound],
  ] as const)
    if (one?.silent) lines.push({ label, parts: [unresponsive(one.silent)] });
  return [...lines, ...(now?.clusters ?? []).map(raftLine)];
}

const LABEL = 12;

export const daemonsSection = (lines: readonly Line[]): LinesSection => ({
  kind: 'lines',
  id: 'daemons',
  title: 'Daemons',
  note: '',
  sources: ['ovn-daemons', 'ovn-central'],
  minColumns: 60,
  wantRows: () => Math.max(1, lines.length),
  draw: (columns, rows, theme: Theme) =>
    lines.length === 0
      ? [theme.paint('dim', 'not read yet')]
      : lines
          .slice(0, rows)
          .map(({ label, parts }) =>
            cutStyled(
              theme.paint('label', fit(label, LABEL)) +
                parts
                  .map(({ text, role }) =>
                    theme.paint(role, role === 'crit' || role === 'warn' ? theme.glyphs.severity[role] + text : text),
                  )
                  .join(theme.paint('dim', ' · ')),
              columns,
            ),
          ),
});
