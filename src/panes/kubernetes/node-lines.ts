import { evictionSignals } from '../../entities/kubernetes/eviction.ts';
import { certificateRole, kubeStateNeeds, type KubeState } from '../../entities/kubernetes/state.ts';
import { plain } from '../../lib/plain.ts';
import { bytes, count, ms, NONE, percent, span } from '../../lib/units.ts';
import type { Condition } from '../../sources/kubernetes/objects.ts';
import { cgroups } from '../../sources/containers/cgroups.ts';
import { meminfo } from '../../sources/machine/meminfo.ts';
import type { Moment } from '../../timeline/moment.ts';
import {
  isWhole,
  nothingWords,
  stateOf,
  stateOfMissing,
  stateWords,
  type ReadingState,
} from '../../timeline/reading-state.ts';
import { figure, type Figure, type FigureLine } from '../../ui/kit/figure-lines.ts';
import type { LinesSection } from '../pane.ts';
import { partNeeds, runtimeLine, spaceLine, staticLine } from './node-parts.ts';
import { isOver, type PodRow } from './pod-rows.ts';
import { figuresSection } from './text-lines.ts';

export const nodeNeeds = { ...kubeStateNeeds, ...partNeeds, cgroups, meminfo };

/** Section of this node: API server, kubelet, runtime, conditions, room, eviction thresholds, certificates. */
export function nodeSection(moment: Moment<typeof nodeNeeds>, state: KubeState, rows: readonly PodRow[]): LinesSection {
  const { node } = state;
  const lines: readonly FigureLine[] = [
    ...apiLines(state),
    kubeletLine(state),
    runtimeLine(moment, state),
    ...staticLine(moment, rows),
    ...(node ? [conditionsLine(state), taintsLine(state), ...roomLines(state, rows, stateOf(moment.kubePods))] : []),
    evictionLine(moment),
    ...spaceLine(moment),
    certificatesLine(moment, state),
  ];
  const note = [state.name, node?.kubelet]
    .filter((word) => word !== undefined)
    .map(plain)
    .join(' · ');
  return figuresSection('node', 'This node', ['kube-node', 'kube-local', 'kube-runtime', 'kube-pods'], lines, note);
}

const forSpan = (seconds: number | undefined): string => (seconds === undefined ? '' : ` for ${span(seconds)}`);

/** Reason in an error text, without the words of kubectl and Go before it, which would leave no room for it. */
const reason = (error: string): string =>
  plain(error).replace(/^(?:error: )?Unable to connect to the server: (?:tls: failed to verify certificate: )?/i, '');

export function apiFigure(state: KubeState): Figure {
  switch (state.api) {
    case 'responsive':
      // In a sosreport kubectl got a reply, and nothing asked /readyz.
      return state.tookMs === undefined
        ? figure(state.error === undefined ? 'reachable' : `reachable: ${plain(state.error)}`)
        : figure(`readyz ok in ${ms(state.tookMs)}`, 'good');
    case 'unresponsive':
      return figure(`UNRESPONSIVE${forSpan(state.unresponsiveSeconds)}: ${reason(state.error ?? '')}`, 'crit');
    case 'denied':
    case 'no access':
      return figure(stateWords(stateOfMissing({ why: 'denied', detail: state.error ?? 'needs root' })), 'warn');
    case 'none':
      return figure(plain(state.error ?? 'not present'), 'dim');
    case 'unread':
      return figure('not read yet', 'dim');
  }
}

function apiLines(state: KubeState): readonly FigureLine[] {
  const { staleSinceEpochSeconds: stale, nowEpochSeconds: now } = state;
  return [
    {
      label: 'api',
      figures: [
        apiFigure(state),
        ...(state.place === undefined ? [] : [figure(`${plain(state.place)}, ${plain(state.config ?? '')}`, 'dim')]),
      ],
    },
    // On a separate line: the error text leaves no room beside it.
    ...(stale === undefined || now === undefined
      ? []
      : [
          {
            label: 'stale',
            figures: [figure(`pods as of ${span(Math.max(0, now - stale))} ago; CPU, memory and network live`, 'warn')],
          },
        ]),
  ];
}

function kubeletLine({ kubelet, healthz, healthzMs, leaseAgeSeconds: lease }: KubeState): FigureLine {
  const health =
    kubelet === 'healthy'
      ? figure(`healthz ok in ${ms(healthzMs)}`, 'good')
      : kubelet === 'unread'
        ? figure('not read yet', 'dim')
        : figure(`${kubelet === 'not running' ? 'NOT RUNNING' : 'UNHEALTHY'}: ${plain(healthz ?? NONE)}`, 'crit');
  return {
    label: 'kubelet',
    figures: [
      health,
      // The control plane marks a node Unknown 40 s after its last renewal: --node-monitor-grace-period.
      figure(`lease renewed ${lease === undefined ? NONE : `${span(lease)} ago`}`, (lease ?? 0) > 40 ? 'crit' : 'text'),
    ],
  };
}

/** Whether a condition is bad: Ready not True, or another not False. */
const isBad = (type: string, status: string | undefined): boolean =>
  type === 'Ready' ? status !== 'True' : status !== 'False';

function conditionsLine({ node, nowEpochSeconds: now }: KubeState): FigureLine {
  // Bad conditions first, then Ready.
  const rank = ({ type, status }: Condition) => (isBad(type, status) ? 0 : type === 'Ready' ? 1 : 2);
  const all = (node?.conditions ?? []).toSorted((a, b) => rank(a) - rank(b));
  return {
    label: 'status',
    figures: all.map(({ type, status, message, sinceEpochSeconds: since }) => {
      const bad = isBad(type, status);
      const long = since === undefined || now === undefined ? '' : ` for ${span(Math.max(0, now - since))}`;
      return figure(
        plain(
          bad || type === 'Ready' ? `${type} ${status ?? NONE}${long}${bad ? `: ${message ?? ''}` : ''}` : `no ${type}`,
        ),
        bad ? 'crit' : type === 'Ready' ? 'good' : 'dim',
      );
    }),
  };
}

function taintsLine({ node }: KubeState): FigureLine {
  const taints = node?.taints;
  return {
    label: 'taints',
    figures: [
      ...(node?.unschedulable ? [figure('SchedulingDisabled (cordoned)', 'info')] : []),
      ...(taints ?? []).map(({ key, value, effect }) =>
        figure(plain(`${key}${value === undefined ? '' : `=${value}`}:${effect}`)),
      ),
      ...(taints === undefined ? [figure(NONE, 'dim')] : []),
      ...(taints?.length === 0 && !node?.unschedulable ? [figure('none', 'dim')] : []),
    ],
  };
}

/** Allocatable CPU and memory, requests of its pods, and their usage. */
function roomLines({ node }: KubeState, rows: readonly PodRow[], list: ReadingState): readonly FigureLine[] {
  const own = rows.filter((row) => row.here.pod !== undefined && row.here.pod.node === node?.name && !isOver(row));
  const sum = (pick: (row: PodRow) => number | undefined) => own.reduce((total, row) => total + (pick(row) ?? 0), 0);
  const used = (pick: (row: PodRow) => number | undefined) =>
    own.some((row) => pick(row) !== undefined) ? sum(pick) : undefined;
  const share = (part: number | undefined, of: number | undefined) =>
    of && part !== undefined ? (100 * part) / of : undefined;
  // Without a list of pods their requests are unknown; a table has none, and the node with `-o wide` only.
  const listed = rows.every(({ isNodeKnown }) => isNodeKnown) && (own.length > 0 || isWhole(list)) ? own.length : undefined; // prettier-ignore
  const isPrinted = own.some(({ here }) => here.pod?.printed !== undefined);
  const asked = (pick: (row: PodRow) => number | undefined) =>
    listed === undefined || isPrinted ? undefined : sum(pick);
  const [cpus, memory] = [asked(({ requests }) => requests?.cpus), asked(({ requests }) => requests?.memoryBytes)];
  const max = node?.podsMax;
  const podsPct = share(listed, max);
  return [
    {
      label: 'cpu',
      figures: [
        figure(`allocatable ${count(node?.allocatable.cpus)}`),
        figure(`requests ${cpus?.toFixed(2) ?? NONE} (${percent(share(cpus, node?.allocatable.cpus))})`),
        figure(`used ${percent(used(({ here }) => here.use?.cpuPct))} of one CPU`),
      ],
    },
    {
      label: 'memory',
      figures: [
        figure(`allocatable ${bytes(node?.allocatable.memoryBytes)}`),
        figure(`requests ${bytes(memory)} (${percent(share(memory, node?.allocatable.memoryBytes))})`),
        figure(`used ${bytes(used(({ here }) => here.use?.memoryBytes))}`),
      ],
    },
    {
      label: 'pods',
      figures: [figure(`${count(listed)} of ${count(max)}`, podsPct !== undefined && podsPct >= 95 ? 'info' : 'text')],
    },
  ];
}

/** Eviction thresholds as the kubelet's flag has them: `memory.available < 100Mi (now 20Gi)`. */
function evictionLine(moment: Moment<typeof nodeNeeds>): FigureLine {
  const local = moment.kubeLocal.now;
  const available = moment.meminfo.now?.availableKiB;
  const signals = evictionSignals({
    memoryAvailableBytes: available === undefined ? undefined : available * 1024,
    nodefs: local?.nodefs,
    imagefs: local?.imagefs,
    evictionHard: local?.evictionHard,
  });
  return {
    label: 'evicts',
    figures: signals.map(({ name, left, threshold, unit, times }) => {
      const text = (value: number | undefined) => (unit === 'percent' ? percent(value) : quantity(value));
      return figure(
        `${plain(name)} < ${text(threshold)} (now ${text(left)})`,
        times === undefined || times > 1.5 ? 'text' : times > 1 ? 'warn' : 'crit',
      );
    }),
  };
}

/** 104857600 → `100Mi`: as the kubelet's thresholds are written. */
const quantity = (value: number | undefined): string => bytes(value).replace(/[KMGTP]$/, '$&i');

function certificatesLine(moment: Moment<typeof nodeNeeds>, { nowEpochSeconds: now }: KubeState): FigureLine {
  const known = (moment.kubeLocal.now?.certificates ?? []).flatMap(({ path, endEpochSeconds: end }) =>
    end === undefined || now === undefined ? [] : [{ path, left: end - now }],
  );
  const soonest = known.toSorted((a, b) => a.left - b.left).slice(0, 3);
  return {
    label: 'certs',
    figures:
      soonest.length === 0
        ? [figure(nothingWords('none found', stateOf(moment.kubeLocal), stateOf(moment.cpuStat)), 'dim')]
        : soonest.map(({ path, left }) =>
            figure(
              plain(
                `${path.split('/').at(-1) ?? path} ${left < 0 ? `EXPIRED ${span(-left)} ago` : `expires in ${span(left)}`}`,
              ),
              certificateRole(left),
            ),
          ),
  };
}
