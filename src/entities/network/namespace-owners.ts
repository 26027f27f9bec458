import { entityRef, processRef, thisHost, type EntityRef } from '../../findings/entity-ref.ts';
import { plain } from '../../lib/plain.ts';
import { vethPeers } from '../../sources/containers/veth-peers.ts';
import { containerKey } from '../../sources/containers/container-key.ts';
import { namespaces, type Namespace } from '../../sources/network/namespaces.ts';
import type { CountersSeen } from '../../sources/network/protocols.ts';
import type { Moment } from '../../timeline/moment.ts';
import { overLast } from '../../timeline/window.ts';
import { engineName } from '../containers/container.ts';
import { containerNeeds, containersAt, onlyContainers } from '../containers/containers.ts';

export const namespaceNeeds = { ...containerNeeds, vethPeers, namespaces };
type NamespaceMoment = Moment<typeof namespaceNeeds>;

/** A network namespace with the object that it belongs to, and its counters over a window. */
export interface OwnedNamespace {
  readonly space: Namespace;
  readonly entity: EntityRef;
  /** Sanitised: `docker web`, `qrouter-7` of `ip netns`, `unbound[812]`. */
  readonly name: string;
  readonly counters: CountersSeen;
}

/** Window of the rates, as that of the host's own counters. */
const WINDOW_SECONDS = 10;
const LEAST_SECONDS = 4;

/** Network namespaces by their owner: container or guest, else the first process, under its name of `ip netns`. */
export function ownedNamespaces(moment: NamespaceMoment): readonly OwnedNamespace[] {
  const { now, before, seconds } = overLast(moment.namespaces, WINDOW_SECONDS, LEAST_SECONDS);
  if (now === undefined) return [];
  const peers = [...(moment.vethPeers.now?.peers.values() ?? [])];
  const containers = new Map(containersAt(onlyContainers(moment)).map((one) => [one.key, one]));
  return [...now.spaces.values()].map((space) => {
    const container = containers.get(containerKey(space.owner) ?? '');
    const counters = { now: space.counters, before: before?.spaces.get(space.id)?.counters, seconds };
    if (container) {
      const name = [engineName(container.engine), container.project, container.name].filter((word) => word !== undefined).join(' '); // prettier-ignore
      return { space, entity: entityRef('container', container.key), name: plain(name), counters };
    }
    const { kind, name } = space.owner ?? {};
    if (name !== undefined && kind !== 'user' && kind !== 'service')
      return { space, entity: ownerRef(space, kind, name), name: plain(`${kind} ${name}`), counters };
    const process = moment.processes.now?.processes.get(space.pid);
    return {
      space,
      entity: process ? processRef(process) : thisHost,
      name: plain(peers.find(({ pid }) => pid === space.pid)?.namespace ?? `${space.command}[${space.pid}]`),
      counters,
    };
  });
}

/** Owner of which no list of containers was read. */
const ownerRef = ({ owner }: Namespace, kind: string | undefined, name: string): EntityRef =>
  kind === 'guest' ? entityRef('guest', name) : entityRef('container', containerKey(owner) ?? name);
