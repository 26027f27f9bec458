import { countOf, fields, items, json, numberOf, textOf } from '../../lib/json.ts';
import { named } from '../../redact/identifier.ts';
import { defineSource } from '../source.ts';

/**
 * Domains with state and reason: `virsh list --all`, `virsh domstate --reason`.
 * https://libvirt.org/html/libvirt-libvirt-domain.html#virDomainState
 *
 *     {"domains":[{"name":"lab-full","uuid":"1aa6d3af-…","id":6,"state":3,"reason":5}]}
 *
 * libvirtd on hosts with one daemon, virtqemud where each driver has a daemon. Neither needs a QEMU monitor for it.
 */
export const libvirtDomains = defineSource({
  id: 'libvirt-domains',
  title: 'libvirt domains',
  why: 'Shows guests with state and reason: running, paused, crashed, shut off.',
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
  /** Raw text, to be sanitised. */
  readonly name: string;
  readonly uuid: string;
  /** Undefined while the domain is shut off. */
  readonly id: number | undefined;
  /** virDomainState. */
  readonly state: number | undefined;
  /** virDomain…Reason; its meaning depends on the state. */
  readonly reason: number | undefined;
}

export interface DomainsSample {
  readonly domains: ReadonlyMap<string, Domain>;
  /** Time that a call has waited for an ordinary worker of the daemon: all of them hang in a QEMU. */
  readonly workersBusyMs: number | undefined;
}

export const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/;

/** The domain list of a reply; undefined without one. */
export function parseDomains(text: string | undefined): DomainsSample | undefined {
  const reply = fields(json(text));
  if (!Array.isArray(reply['domains'])) return undefined;
  const domains = new Map<string, Domain>();
  for (const item of items(reply['domains'])) {
    const { name, uuid, id, state, reason } = fields(item);
    const key = textOf(uuid);
    if (key === undefined || !UUID.test(key)) continue;
    domains.set(key, {
      name: textOf(name) ?? key,
      uuid: key,
      id: countOf(id),
      state: numberOf(state),
      reason: numberOf(reason),
    });
  }
  return { domains, workersBusyMs: countOf(reply['workersBusyMs']) };
}
