import { countOf, fields, items, json, numberOf, textOf } from '../../lib/json.ts';
import { named } from '../../redact/identifier.ts';
import { defineSource } from '../source.ts';

/**
 * Guests as libvirt lists them, with state and reason: `virsh list --all`, `virsh domstate --reason`.
 * https://libvirt.org/html/libvirt-libvirt-domain.html#virDomainState
 *
 *     {"domains":[{"name":"lab-full","uuid":"1aa6d3af-…","id":6,"state":3,"reason":5}]}
 *
 * libvirtd where there is one daemon for all, virtqemud where each driver has its own. Neither touches a QEMU for it.
 */
export const libvirtDomains = defineSource({
  id: 'libvirt-domains',
  title: 'Guests of libvirt',
  why: 'Shows which guests there are, which are paused, crashed or off, and why.',
  everySeconds: 5,
  value: 'high',
  reads: {
    daemon: { kind: 'talk', dialect: 'libvirt', to: '/run/libvirt/libvirt-sock-ro', request: 'domains', as: 'root' },
    modular: { kind: 'talk', dialect: 'libvirt', to: '/run/libvirt/virtqemud-sock-ro', request: 'domains', as: 'root' },
  },
  parse: ({ daemon, modular }) => parseDomains(modular ?? daemon),
  identifiers: (sample) =>
    [...(sample?.domains.values() ?? [])].flatMap(({ name, uuid }) => [
      ...named('guest', [name]),
      ...named('uuid', [uuid]),
    ]),
});

export interface Domain {
  /** Hostile text, as all of it. */
  readonly name: string;
  readonly uuid: string;
  /** Undefined while it is off. */
  readonly id: number | undefined;
  /** virDomainState. */
  readonly state: number | undefined;
  /** What it means depends on the state. */
  readonly reason: number | undefined;
}

export interface DomainsSample {
  readonly domains: ReadonlyMap<string, Domain>;
  /** How long an ordinary worker of the daemon has kept us waiting: all of them hang in a QEMU. */
  readonly workersBusyMs: number | undefined;
}

export const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/;

/** Undefined when libvirt did not answer. */
export function parseDomains(text: string | undefined): DomainsSample | undefined {
  const answer = fields(json(text));
  if (!Array.isArray(answer['domains'])) return undefined;
  const domains = new Map<string, Domain>();
  for (const item of items(answer['domains'])) {
    const { name, uuid, id, state, reason } = fields(item);
    const [own, place] = [textOf(uuid), countOf(id)];
    if (own === undefined || !UUID.test(own)) continue;
    domains.set(own, {
      name: textOf(name) ?? own,
      uuid: own,
      id: place,
      state: numberOf(state),
      reason: numberOf(reason),
    });
  }
  return { domains, workersBusyMs: countOf(answer['workersBusyMs']) };
}
