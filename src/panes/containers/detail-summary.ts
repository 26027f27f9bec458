import { engineName } from '../../entities/containers/container.ts';
import { grade, limits, type Limit as Threshold } from '../../thresholds.ts';
import { plain } from '../../lib/plain.ts';
import { cutStyled, fit } from '../../lib/text-width.ts';
import { bytes, count, NONE, percent, span } from '../../lib/units.ts';
import type { Limit } from '../../sources/containers/cgroups-files.ts';
import type { Inspected } from '../../sources/containers/docker-inspect.ts';
import type { LxdInstanceState } from '../../sources/containers/lxd-instance.ts';
import type { Theme } from '../../theme.ts';
import { bar } from '../../ui/bar.ts';
import type { LinesSection } from '../pane.ts';
import { drawFigures, figure, LABEL_COLUMNS, type Figure, type FigureLine } from '../../ui/kit/figure-lines.ts';
import type { ContainerSnapshot } from './detail.ts';
import { type ContainerRow } from './rows.ts';

const limitText = (limit: Limit, text: (value: number | undefined) => string): string =>
  limit === 'none' ? 'no limit' : text(limit);

/** Use and limits of one container, from its cgroup. */
export function usageSection(
  row: ContainerRow,
  seen: ContainerSnapshot | undefined,
  why: string | undefined,
): LinesSection {
  const group = seen?.now.group ?? row.container.group;
  const use = seen?.use ?? row.use;
  const bars: readonly {
    readonly label: string;
    readonly pct: number | undefined;
    readonly text: string;
    readonly limit: Threshold;
  }[] = [
    ...(use?.quotaPct === undefined
      ? []
      : [
          {
            label: 'cpu',
            pct: use.cpuPct === undefined ? undefined : (100 * use.cpuPct) / use.quotaPct,
            text: `${percent(use.cpuPct)} of ${percent(use.quotaPct)}`,
            limit: limits.cpuBusyPct,
          },
        ]),
    ...(use?.memoryMaxBytes === undefined
      ? []
      : [
          {
            label: 'memory',
            pct: use.memoryPct,
            text: `${bytes(use.memoryBytes)} of ${bytes(use.memoryMaxBytes)}`,
            limit: limits.containerMemoryPct,
          },
        ]),
    ...(use?.pidsMax === undefined
      ? []
      : [
          {
            label: 'pids',
            pct: use.pidsPct,
            text: `${count(use.pids)} of ${count(use.pidsMax)}`,
            limit: limits.containerPidsPct,
          },
        ]),
  ];
  const lines = group
    ? usageLines(row, seen)
    : [{ label: 'cgroup', figures: [figure(why ?? 'not present: not running', 'dim')] }];
  const drawBar = ({ label, pct, text, limit }: (typeof bars)[number], columns: number, theme: Theme): string => {
    const role = grade(pct, limit);
    const width = Math.max(0, Math.min(40, columns - LABEL_COLUMNS - text.length - 1));
    return cutStyled(
      `${theme.paint('label', fit(label, LABEL_COLUMNS))}${bar(pct, width, theme, role === 'text' ? 'accent' : role)} ${theme.paint(role, text)}`,
      columns,
    );
  };
  return {
    kind: 'lines',
    id: 'use',
    title: 'Use and limits',
    sources: ['container-live'],
    minColumns: 60,
    wantRows: () => bars.length + lines.length,
    draw: (columns, rows, theme) =>
      [
        ...bars.map((one) => drawBar(one, columns, theme)),
        ...lines.map((line) => drawFigures(line, columns, theme)),
      ].slice(0, rows),
  };
}

function usageLines(row: ContainerRow, seen: ContainerSnapshot | undefined): readonly FigureLine[] {
  const group = seen?.now.group ?? row.container.group;
  const use = seen?.use ?? row.use;
  const nodes = [...(group?.nodeBytes ?? [])].filter(([, own]) => own > 0);
  return [
    {
      label: 'cpu',
      figures: [
        figure(percent(use?.cpuPct)),
        figure(limitText(group?.cpuQuotaPct, (pct) => `quota ${percent(pct)}`)),
        ...(use?.quotaPct === undefined
          ? []
          : [
              figure(
                `throttled ${percent(use.throttledPct)} of periods`,
                grade(use.throttledPct, limits.containerThrottledPct),
              ),
            ]),
        figure(`weight ${count(group?.cpuWeight)}`, 'dim'),
        figure(`cpuset ${group?.cpus ?? NONE}, mems ${group?.mems ?? NONE}`, 'dim'),
      ],
    },
    {
      label: 'memory',
      figures: [
        figure(`working set ${bytes(use?.memoryBytes)}`),
        figure(limitText(group?.memoryMaxBytes, (max) => `limit ${bytes(max)}`)),
        figure(`anon ${bytes(group?.anonBytes)}`),
        figure(`file ${bytes(group?.fileBytes)}`),
        figure(
          `swap ${bytes(group?.swapBytes)}, ${limitText(group?.swapMaxBytes, (max) => `limit ${bytes(max)}`)}`,
          (group?.swapBytes ?? 0) > 0 ? 'warn' : 'text',
        ),
        ...(typeof group?.memoryHighBytes === 'number'
          ? [figure(`throttled above ${bytes(group.memoryHighBytes)} (memory.high)`)]
          : []),
      ],
    },
    {
      label: 'events',
      figures: [
        figure(
          `OOM kills ${count(group?.memoryEvents.oomKill)}`,
          (group?.memoryEvents.oomKill ?? 0) > 0 ? 'warn' : 'text',
        ),
        figure(`memory.max reached ${count(group?.memoryEvents.max)}×`),
        ...(group?.memoryEvents.high === undefined
          ? []
          : [figure(`memory.high reached ${count(group.memoryEvents.high)}×`)]),
      ],
    },
    {
      label: 'PSI some',
      figures: [
        pressure('cpu', use?.cpuSomePct, grade(use?.cpuSomePct, limits.cpuSomePct)),
        pressure('memory', use?.memorySomePct, grade(use?.memorySomePct, limits.memorySomePct)),
        pressure('io', use?.ioSomePct, grade(use?.ioSomePct, limits.ioSomePct)),
      ],
    },
    {
      label: 'network',
      figures: [
        figure(`rx ${bytes(use?.rxBytesPerSec)}/s`),
        figure(`tx ${bytes(use?.txBytesPerSec)}/s`),
        figure(`dropped ${count(use?.dropsPerSec)}/s`, (use?.dropsPerSec ?? 0) >= 1 ? 'warn' : 'dim'),
      ],
    },
    ...(nodes.length > 1
      ? [{ label: 'NUMA', figures: nodes.map(([node, own]) => figure(`node${node} ${bytes(own)}`)) }]
      : []),
  ];
}

const pressure = (what: string, pct: number | undefined, role: Figure['role']): Figure =>
  figure(`${what} ${percent(pct)}`, role);

/** Configuration and state of one container, from its engine. */
export function engineSection(
  row: ContainerRow,
  inspect: Inspected | undefined,
  instance: LxdInstanceState | undefined,
  why: string | undefined,
): LinesSection {
  const { container } = row;
  const lines: readonly FigureLine[] = [
    {
      label: 'state',
      figures: [
        figure(row.state, row.troubles[0] && row.troubles[0].severity !== 'info' ? row.troubles[0].severity : 'text'),
        ...(row.uptimeSeconds === undefined ? [] : [figure(`up ${span(row.uptimeSeconds)}`)]),
        ...row.troubles.map(({ words, severity }) => figure(words, severity === 'info' ? 'dim' : severity)),
      ],
    },
    {
      label: 'name',
      figures: [figure(row.name), ...(row.project === undefined ? [] : [figure(`project ${row.project}`)])],
    },
    { label: 'image', figures: [figure(row.image ?? NONE)] },
    ...(container.id === undefined ? [] : [{ label: 'id', figures: [figure(plain(container.id), 'dim')] }]),
    ...(why === undefined ? [] : [{ label: engineName(container.engine), figures: [figure(why, 'warn')] }]),
    ...(inspect ? inspectLines(inspect) : listLines(row.container)),
    ...(container.instance ? limitLines(row) : []),
    ...(instance ? instanceLines(instance) : []),
  ];
  return {
    kind: 'lines',
    id: 'engine',
    title: `State and configuration (${engineName(container.engine)})`,
    sources: ['docker-inspect', 'lxd-instance'],
    minColumns: 60,
    wantRows: () => lines.length,
    draw: (columns, rows, theme) => lines.slice(0, rows).map((line) => drawFigures(line, columns, theme)),
  };
}

/** What the list of the engine holds of it, where it was not inspected. */
const listLines = ({ exitCode, health, recentRestarts }: ContainerRow['container']): readonly FigureLine[] => [
  ...(exitCode === undefined ? [] : [{ label: 'exit', figures: [figure(`exit code ${exitCode}`)] }]),
  ...(health === undefined ? [] : [{ label: 'health', figures: [figure(plain(health), health === 'unhealthy' ? 'crit' : 'text')] }]), // prettier-ignore
  ...(recentRestarts === undefined ? [] : [{ label: 'restarts', figures: [figure(`${recentRestarts} in 10 min`)] }]), // prettier-ignore
];

const inspectLines = (one: Inspected): readonly FigureLine[] => [
  { label: 'command', figures: [figure(plain(one.path))] },
  {
    label: 'exit',
    figures: [
      figure(`exit code ${one.exitCode ?? NONE}`),
      figure(one.oomKilled === true ? 'OOMKilled' : 'not OOMKilled', one.oomKilled === true ? 'crit' : 'dim'),
      figure(
        `restarts ${count(one.restarts)}, policy ${plain(one.restartPolicy || 'no')}`,
        (one.restarts ?? 0) > 0 ? 'warn' : 'text',
      ),
      ...(one.error === undefined ? [] : [figure(plain(one.error), 'crit')]),
    ],
  },
  ...(one.health === undefined
    ? []
    : [
        {
          label: 'health',
          figures: [
            figure(plain(one.health), one.health === 'unhealthy' ? 'crit' : 'text'),
            figure(`failing streak ${count(one.failingStreak)}`),
            ...(one.healthOutput === undefined ? [] : [figure(plain(one.healthOutput.trim()))]),
          ],
        },
      ]),
  {
    label: 'config',
    figures: [
      figure(one.privileged === true ? 'privileged' : 'not privileged', one.privileged === true ? 'warn' : 'dim'),
      figure(`network ${plain(one.networkMode ?? NONE)}`),
      ...one.addresses.map((address) => figure(plain(address))),
    ],
  },
  ...one.mounts.map(({ type, source, destination, writable }) => ({
    label: 'mount',
    figures: [
      figure(plain(destination ?? NONE)),
      figure(plain(`${type ?? ''} ${source ?? ''}`), 'dim'),
      figure(writable === false ? 'read-only' : 'writable', 'dim'),
    ],
  })),
];

function limitLines({ container: { instance } }: ContainerRow): readonly FigureLine[] {
  if (!instance) return [];
  const set = [...instance.limits].map(([key, value]) => figure(plain(`${key} ${value}`)));
  return [
    { label: 'limits', figures: set.length > 0 ? set : [figure('none set', 'dim')] },
    {
      label: 'config',
      figures: [
        figure(instance.privileged ? 'privileged' : 'unprivileged', instance.privileged ? 'warn' : 'dim'),
        ...(instance.nesting ? [figure('nesting')] : []),
        ...(instance.ephemeral ? [figure('ephemeral')] : []),
        ...(instance.pool === undefined ? [] : [figure(`pool ${plain(instance.pool)}`)]),
        figure(`profiles ${instance.profiles.map(plain).join(' ') || NONE}`, 'dim'),
      ],
    },
  ];
}

const instanceLines = ({ nics, disks, snapshots }: LxdInstanceState): readonly FigureLine[] => [
  ...nics.map(({ name, hostName, state, addresses }) => ({
    label: plain(name),
    figures: [
      figure(plain(state ?? NONE), state === 'up' ? 'text' : 'warn'),
      ...(addresses.length === 0 ? [figure('no address', 'warn')] : addresses.map((address) => figure(plain(address)))),
      figure(`${plain(hostName ?? NONE)} on the host`, 'dim'),
    ],
  })),
  ...disks
    .filter(({ usedBytes }) => usedBytes !== undefined)
    .map(({ name, usedBytes, totalBytes }) => ({
      label: plain(name),
      figures: [figure(`${bytes(usedBytes)} used${totalBytes === undefined ? '' : ` of ${bytes(totalBytes)}`}`)],
    })),
  {
    label: 'snapshots',
    figures: [
      figure(
        snapshots.length === 0
          ? 'none'
          : `${snapshots.length}: ${snapshots.map(({ name }) => plain(name ?? NONE)).join(' ')}`,
        snapshots.length === 0 ? 'dim' : 'text',
      ),
    ],
  },
];
