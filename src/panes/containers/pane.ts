import { entityRef } from '../../findings/entity-ref.ts';
import { hiddenNeeds, hiddenProcesses } from '../../entities/processes/hidden-processes.ts';
import { portNeeds, portsAt, type PortsOf } from '../../entities/ovs/ports.ts';
import { count, NONE, percent } from '../../lib/units.ts';
import { plain } from '../../lib/plain.ts';
import type { Moment } from '../../timeline/moment.ts';
import { containerColumns } from './columns.ts';
import { containerDetail } from './detail.ts';
import { engineRows, enginesNeeds, enginesSection, type EngineRow } from './engines.ts';
import { lxdModel, lxdNeeds, lxdSections, type LxdModel } from './lxd.ts';
import { containerRows, isTroubled, isUp, type ContainerRow } from './rows.ts';
import { portLinks } from '../../ui/kit/links.ts';
import { definePane, type Presence, type ProcessRef, type TableSection, type Link, type Tile } from '../pane.ts';
import { notFound, notTakenReason } from '../../ui/kit/not-found.ts';
import { processKey } from '../../sources/processes/processes.ts';

const needs = { ...portNeeds, ...enginesNeeds, ...lxdNeeds, ...hiddenNeeds };

export interface ContainersModel {
  readonly rows: readonly ContainerRow[];
  readonly engines: readonly EngineRow[];
  readonly lxd: LxdModel;
  /** Ports of containers in a virtual switch. */
  readonly ports: PortsOf;
  /** Cgroups and processes have been read: a container that is not listed does not exist. */
  readonly complete: boolean;
  /** Reason that containers and daemons may be missing from the list. */
  readonly hidden: string | undefined;
  /** Reason without any row in a recording or sosreport. */
  readonly notTaken: string | undefined;
  /** Reason that use of containers is unknown. */
  readonly unreadable: string | undefined;
  readonly left: number;
}

/** Containers with their problems, use and limits; the engines behind them; storage and cluster of LXD. */
export const containersPane = definePane({
  id: 'containers',
  title: 'Containers',
  aliases: ['container', 'ct', 'docker', 'lxd', 'lxc'],
  needs,
  model: containersModel,
  presence,
  sections: (model) => [containerTable(model), enginesSection(model.engines, model.hidden), ...lxdSections(model.lxd)],
  tile,
});

export function containersModel(moment: Moment<typeof needs>): ContainersModel {
  const rows = containerRows(moment).toSorted(byUse);
  const why = moment.cgroups.missing['table'];
  return {
    rows,
    engines: engineRows(moment, rows),
    lxd: lxdModel(moment),
    ports: portsAt(moment),
    complete: moment.processes.now !== undefined && moment.cgroups.ageMs !== undefined,
    hidden: hiddenProcesses(moment),
    notTaken: notTakenReason(moment.cgroups, moment.docker, moment.lxd),
    unreadable: why === undefined || why.why === 'absent' ? undefined : plain(`not readable: ${why.detail}`),
    left: moment.cgroups.now?.left ?? 0,
  };
}

function presence({ rows, engines, complete, hidden, notTaken }: ContainersModel): Presence {
  if (rows.length === 0 && notTaken !== undefined) return { hidden: notTaken };
  if (rows.length > 0 || engines.some(({ engine }) => engine.state !== 'unread')) return 'present';
  return complete ? notFound('no containers, no container engine', hidden) : 'unknown';
}

/** Order among equal problems: the busiest first, stopped ones last. */
const byUse = (a: ContainerRow, b: ContainerRow): number =>
  Number(isUp(b)) - Number(isUp(a)) ||
  shown(b) - shown(a) ||
  (a.name < b.name ? -1 : a.name > b.name ? 1 : a.container.key < b.container.key ? -1 : 1);

/** Rounded as shown, so that rows with equal figures keep their places. */
const shown = ({ use }: ContainerRow): number => Math.round((use?.cpuPct ?? 0) * 10);

const refOf = ({ container: { init } }: ContainerRow): ProcessRef | undefined =>
  init && { pid: init.pid, startTicks: init.startTicks, name: plain(init.command) };

function linksOf({ container: { init, group } }: ContainerRow, ports: readonly string[]): readonly Link[] {
  const node = /^\d+$/.exec(group?.mems ?? '')?.[0];
  const owner = group?.owner ?? init?.owner;
  return [
    ...(owner?.kind === 'pod' && owner.id !== undefined
      ? [{ label: `pod ${plain(owner.name)}`, pane: 'kubernetes', row: owner.id }]
      : []),
    ...(init ? [{ label: `process ${init.pid} (pid 1 inside)`, pane: 'processes', row: processKey(init) }] : []),
    ...portLinks(ports),
    ...(node === undefined ? [] : [{ label: `NUMA node ${node}`, pane: 'hardware', row: `node${node}` }]),
  ];
}

function noteOf({ rows, unreadable, left, hidden }: ContainersModel): string {
  const engines = new Map<string, number>();
  for (const { container } of rows) engines.set(container.engine, (engines.get(container.engine) ?? 0) + 1);
  const troubled = rows.filter(isTroubled).length;
  return [
    rows.length === 0 && hidden !== undefined
      ? 'hidden'
      : `${count(rows.filter(isUp).length)} up of ${count(rows.length)}`,
    ...(troubled > 0 ? [`${count(troubled)} with problems`] : []),
    ...(left > 0 ? [`${count(left)} more not read`] : []),
    ...(unreadable === undefined ? [] : [unreadable]),
  ].join(' · ');
}

const containerTable = (model: ContainersModel): TableSection<ContainerRow> => ({
  kind: 'table',
  id: 'containers',
  title: 'Containers',
  note: noteOf(model),
  sources: ['cgroups', 'docker', 'lxd', 'lxc', 'podman', 'container-logs', 'processes'],
  columns: containerColumns(model.rows),
  rows: model.rows,
  key: ({ container }) => container.key,
  sort: { column: 'problem', descending: true },
  searchText: ({ container, image, project }) =>
    `${container.engine} ${container.id ?? ''} ${image ?? ''} ${project ?? ''} ${container.health ?? ''}`,
  rowRole: (row) => (isUp(row) ? undefined : 'dim'),
  process: refOf,
  entity: ({ container }) => entityRef('container', container.key),
  name: ({ name }) => name,
  links: (row) => linksOf(row, model.ports('containers', row.container.key)),
  detail: (row) => containerDetail(row, refOf(row)),
  empty: model.unreadable ?? (model.complete ? (model.hidden ?? 'no containers') : 'not read yet'),
  minRows: 8,
});

function tile({ rows, engines, hidden }: ContainersModel): Tile {
  const unseen = rows.length === 0 && hidden !== undefined;
  const up = rows.filter(isUp);
  const troubled = rows.filter(isTroubled);
  const worst = troubled.find(({ troubles: [first] }) => first?.severity === 'crit') ?? troubled[0];
  const top = up.reduce<ContainerRow | undefined>(
    (best, row) => ((row.use?.cpuPct ?? -1) > (best?.use?.cpuPct ?? -1) ? row : best),
    undefined,
  );
  const sick = engines.filter(({ role }) => role === 'crit' || role === 'warn');
  return {
    figures: [
      { label: 'up', value: unseen ? NONE : `${count(up.length)} of ${count(rows.length)}` },
      {
        label: 'problems',
        value: worst ? `${troubled.length}: ${worst.name} ${worst.troubles[0]?.words ?? ''}` : unseen ? NONE : '0',
        role: worst ? (worst.troubles[0]?.severity ?? 'warn') : 'text',
      },
      ...(sick[0] ? [{ label: sick[0].engine.key, value: sick[0].answer, role: sick[0].role }] : []),
      { label: 'top CPU', value: top?.use?.cpuPct === undefined ? '—' : `${percent(top.use.cpuPct)} ${top.name}` },
    ],
  };
}
