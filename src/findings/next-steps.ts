import { containerKey } from '../sources/containers/container-key.ts';
import { ownerOfPath } from '../sources/containers/cgroup-owner.ts';
import { entityRef, type EntityKind, type EntityRef } from './entity-ref.ts';
import {
  startedMs,
  type GoStep,
  type NextStep,
  type RuleSteps,
  type Standing,
  type StepTable,
  type ToolStep,
  type TracerStep,
} from './next-step.ts';

/** Pane with a row for each object of a kind. */
const PANES: ReadonlyMap<EntityKind, string> = new Map(
  Object.entries({
    hardware: ['disk', 'nic', 'bond', 'md-array', 'numa-node'],
    processes: ['process'],
    kvm: ['guest', 'guest-disk', 'guest-nic'],
    containers: ['container', 'lxd-member', 'lxd-operation', 'lxd-warning', 'storage-pool'],
    kubernetes: ['pod', 'workload'],
    ceph: ['osd', 'pool'],
    ovs: ['bridge', 'port', 'thread'],
    ovn: ['chassis', 'logical-port'],
  } as const satisfies Record<string, readonly EntityKind[]>).flatMap(([pane, kinds]) =>
    kinds.map((kind) => [kind, pane] as const),
  ),
);

/** Kinds that run as a process: the graph of dependencies has it. */
const RUNNING: ReadonlySet<EntityKind> = new Set(['process', 'daemon', 'guest', 'osd', 'mon', 'mgr', 'container']);

/** Tool of the tool box that does not stop the process. */
const KERNEL_STACKS = 'kernel-stacks';

/**
 * Steps after a finding: its object in its pane, the commands of its rule, tools on its process. The sentence of a finding
 * without any of them is a note.
 */
export function nextSteps(found: Standing, table: StepTable): readonly NextStep[] {
  const { commands, tools = [KERNEL_STACKS], tracers, ...place } = table[found.rule] ?? {};
  const steps = [
    ...goSteps(found, place),
    ...(commands?.(found) ?? []).filter((step) => step !== undefined),
    ...toolSteps(found, tools),
    // A trace shows what happens now.
    ...(found.past ? [] : (tracers?.(found) ?? [])).map((tracer): TracerStep => ({ kind: 'tracer', tracer })),
  ];
  return steps.length > 0 ? steps : [{ kind: 'note', text: found.next }];
}

function goSteps(found: Standing, { row, section }: Pick<RuleSteps, 'row' | 'section'>): readonly GoStep[] {
  const { entity, members = [], subject, pane } = found;
  const atMs = found.past && startedMs(found);
  const time = atMs === undefined ? {} : { atMs };
  const key = row?.(found);
  if (key !== undefined && pane !== undefined) return [{ kind: 'go', pane, row: key, label: subject, ...time }];
  // Of a finding about several objects the worst: their owner is a node or the host.
  for (const one of [...members.slice(0, 1), entity]) {
    const shown = shownAs(one);
    // A port and a bond are rows of two panes: the finding's is the one that it was found in.
    const home = pane !== undefined && SHARED.has(shown.kind) ? pane : PANES.get(shown.kind);
    if (home !== undefined)
      return [{ kind: 'go', pane: home, entity: shown, label: one === entity ? subject : labelOf(shown), ...time }];
  }
  if (pane === undefined) return [];
  return [{ kind: 'go', pane, ...(section !== undefined && { section, label: subject }), ...time }];
}

const SHARED: ReadonlySet<EntityKind> = new Set(['bond', 'nic']);

/** Object whose row shows it: the container of a cgroup, the guest of a disk, the bridge of a controller. */
function shownAs(ref: EntityRef): EntityRef {
  const { kind, id } = ref;
  const owner = id.split('/', 1)[0] ?? id;
  if (kind === 'cgroup') {
    const container = containerKey(ownerOfPath(id));
    return container === undefined ? ref : entityRef('container', container);
  }
  if (kind === 'guest-disk' || kind === 'guest-nic') return entityRef('guest', owner);
  if (kind === 'controller' && owner !== 'ovsdb-server') return entityRef('bridge', owner);
  return ref;
}

/** Name of an object without a subject: a pid, the start of a container's id, else its id. */
function labelOf({ kind, id }: EntityRef): string {
  if (kind === 'process') return `pid ${id.split('@', 1)[0]}`;
  return kind === 'container' ? id.slice(id.indexOf(':') + 1).slice(0, 12) : id;
}

/** Tools for the process of the object; a finding about several processes has them for the first. */
function toolSteps({ entity, members = [], past }: Standing, tools: readonly string[]): readonly ToolStep[] {
  // What happened is over: a process shows what it does now.
  if (past) return [];
  const [first] = members;
  const on = RUNNING.has(entity.kind) ? entity : first?.kind === 'process' ? first : undefined;
  return on ? tools.map((tool): ToolStep => ({ kind: 'tool', tool, on })) : [];
}
