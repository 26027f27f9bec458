import type { Session } from '../collect/session.ts';
import { plain } from '../lib/plain.ts';
import { maskSecrets } from '../lib/secrets.ts';
import { duration } from '../lib/units.ts';
import { cephFleet } from '../sources/ceph/fleet.ts';
import { dmi } from '../sources/machine/dmi.ts';
import { dockerInfo } from '../sources/containers/docker-info.ts';
import { identity } from '../sources/machine/identity.ts';
import { lxdServer } from '../sources/containers/lxd-server.ts';
import { ovsDb } from '../sources/ovs/db.ts';
import type { CaseNotes } from './case-notes.ts';

type Fact = readonly [what: string, value: string | undefined];

/** Facts of a host that were read: name, machine, and versions of its software. */
export function factsOf({ timeline }: Pick<Session, 'timeline'>): CaseNotes['host']['facts'] {
  const moment = timeline.latestMoment({ identity, dmi, dockerInfo, lxdServer, ovsDb, cephFleet }, 0);
  const now = moment.identity.now;
  const machine = moment.dmi.now;
  const facts: readonly Fact[] = [
    ['Host name', now?.hostname],
    ['System', now?.os],
    ['Kernel', now?.kernel],
    ['Architecture', now?.arch],
    ['Boot id', now?.bootId],
    ['Uptime', now?.uptimeSeconds === undefined ? undefined : duration(now.uptimeSeconds)],
    ['Boot parameters', now?.bootParameters.join(' ')],
    ['Machine', words(machine?.vendor, machine?.product, machine?.version)],
    ['Firmware', words(machine?.biosVendor, machine?.biosVersion, machine?.biosDate)],
    ['Serial number', machine?.serial],
    ['Docker', moment.dockerInfo.now?.version],
    ...[...(moment.lxdServer.now?.servers.values() ?? [])].map(({ product, version }): Fact => [
      product === 'incus' ? 'Incus' : 'LXD',
      version,
    ]),
    ['Open vSwitch', moment.ovsDb.now?.version],
    ...(moment.cephFleet.now?.versions ?? []).map(({ kind, version, count }): Fact => [
      `Ceph ${kind}`,
      `${version} (${count})`,
    ]),
  ];
  return facts.flatMap(([what, value]) => (value ? [{ what: plain(what), value: maskSecrets(plain(value)) }] : []));
}

const words = (...parts: readonly (string | undefined)[]): string =>
  parts.filter((part) => part !== undefined).join(' ');
