import { entityRef } from '../../findings/entity-ref.ts';
import { portNeeds, portsAt, type PortsOf } from '../../entities/ovs/ports.ts';
import { count, percent } from '../../lib/units.ts';
import { plain } from '../../lib/plain.ts';
import type { Moment } from '../../timeline/moment.ts';
import { containerColumns } from './columns.ts';
import { containerDetail } from './detail.ts';
import { engineRows, enginesNeeds, enginesSection, type EngineRow } from './engines.ts';
import { lxdModel, lxdNeeds, lxdSections, type LxdModel } from './lxd.ts';
import { containerRows, isTroubled, isUp, type ContainerRow } from './rows.ts';
import { portLinks } from '../../ui/kit/links.ts';
import { definePane, type Presence, type ProcessRef, type TableSection, type Link, type Tile } from '../pane.ts';
import {
  isWhole,
  nothingWords,
  numberKnown,
  stateOf,
  stateOfAll,
  stateWords,
  type ReadingState,
} from '../../timeline/reading-state.ts';
import { presenceOf } from '../../ui/kit/presence.ts';
import { processKey } from '../../sources/processes/processes.ts';

const needs = { ...portNeeds, ...enginesNeeds, ...lxdNeeds };

export interface ContainersModel {
  readonly rows: readonly ContainerRow[];
  readonly engines: readonly EngineRow[];
  readonly lxd: LxdModel;
  /** Ports of containers in a virtual switch. */
  readonly ports: PortsOf;
  readonly presence: Presence;
  /** State of what containers and engines are found by: processes, cgroups, daemons. */
  readonly state: ReadingState;
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
  presence: ({ presence }) => presence,
  sections: (model) => [containerTable(model), enginesSection(model.engines, model.state), ...lxdSections(model.lxd)],
  tile,
});

export function containersModel(moment: Moment<typeof needs>): ContainersModel {
  const rows = containerRows(moment).toSorted(byUse);
  const use = stateOf(moment.cgroups);
  const engines = engineRows(moment, rows);
  const isThere = rows.length > 0 || engines.some(({ engine }) => engine.state !== 'unread');
  const found = [moment.processes, moment.cgroups, moment.docker, moment.lxd] as const;
  return {
    presence: presenceOf(isThere, 'no containers, no container engine', ...found),
    state: stateOfAll(...found.map((seen) => stateOf(seen))),
    rows,
    engines,
    lxd: lxdModel(moment),
    ports: portsAt(moment),
    unreadable: isWhole(use) || use.state === 'not read yet' ? undefined : stateWords(use),
    left: moment.cgroups.now?.left ?? 0,
  };
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

function noteOf({ rows, unreadable, left, state }: ContainersModel): string {
  const engines = new Map<string, number>();
  for (const { container } of rows) engines.set(container.engine, (engines.get(container.engine) ?? 0) + 1);
  const troubled = rows.filter(isTroubled).length;
  return [
    `${count(numberKnown(rows.filter(isUp).length, state))} up of ${count(numberKnown(rows.length, state))}`,
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
  empty: nothingWords('no containers', model.state),
  minRows: 8,
});

function tile({ rows, engines, state }: ContainersModel): Tile {
  const up = rows.filter(isUp);
  const troubled = rows.filter(isTroubled);
  const worst = troubled.find(({ troubles: [first] }) => first?.severity === 'crit') ?? troubled[0];
  const top = up.reduce<ContainerRow | undefined>(
    (best, row) => ((row.use?.cpuPct ?? -1) > (best?.use?.cpuPct ?? -1) ? row : best),
    undefined,
  );
  const sick = engines.filter(({ role }) => role === 'crit' || role === 'warn');
  const engine = sick[0] ? [{ label: sick[0].engine.key, value: sick[0].answer, role: sick[0].role }] : [];
  if (rows.length === 0 && !isWhole(state)) return { figures: [{ label: 'up', value: stateWords(state) }, ...engine] };
  return {
    figures: [
      { label: 'up', value: `${count(up.length)} of ${count(rows.length)}` },
      {
        label: 'problems',
        value: worst
          ? `${troubled.length}: ${worst.name} ${worst.troubles[0]?.words ?? ''}`
          : count(numberKnown(0, state)),
        role: worst ? (worst.troubles[0]?.severity ?? 'warn') : 'text',
      },
      ...engine,
      { label: 'top CPU', value: top?.use?.cpuPct === undefined ? '—' : `${percent(top.use.cpuPct)} ${top.name}` },
    ],
  };
}
