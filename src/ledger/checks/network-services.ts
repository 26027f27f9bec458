import { driverLosses } from '../../entities/network/driver-loss.ts';
import { resolverStates } from '../../entities/network/resolvers.ts';
import { entityRef, thisHost } from '../../findings/entity-ref.ts';
import { plain } from '../../lib/plain.ts';
import { count, ms, plural, span } from '../../lib/units.ts';
import { clock } from '../../sources/network/clock.ts';
import { drivers } from '../../sources/network/drivers.ts';
import { links } from '../../sources/network/links.ts';
import { namespaces } from '../../sources/network/namespaces.ts';
import { resolvers } from '../../sources/network/resolvers.ts';
import { neighbours } from '../../sources/network/routing.ts';
import { check, defineChecks, type Check } from '../check.ts';

const host = { entity: thisHost, nameVocabulary: 'fixed', pane: 'network' } as const;

/** Drivers of cards, LACP, other network namespaces, clock and resolvers. */
export const serviceChecks = defineChecks({
  id: 'network-services',
  needs: { drivers, links, namespaces, clock, resolvers, neighbours },
  rules: ['nic-driver-loss', 'bond-lacp', 'namespace-network', 'clock-skew', 'clock-unsynchronised', 'resolver-unresponsive'], // prettier-ignore
  of: (moment): readonly Check[] => {
    const { drivers: cards, links: known, namespaces: spaces, clock: time, resolvers: dns } = moment;
    const { aheadSeconds, kernel, chrony } = time.now ?? {};
    const offset = aheadSeconds ?? chrony?.offsetSeconds;
    const states = resolverStates(dns, moment.neighbours);
    const waiting = states.reduce((sum, one) => sum + (one.waiting ?? 0), 0);
    return [
      ...[...(cards.now?.cards.values() ?? [])].flatMap(({ name }) => {
        const losses = driverLosses(cards, name);
        const total = losses.reduce((sum, { perSec }) => sum + perSec, 0);
        return check({ entity: entityRef('nic', name), name: plain(name), family: 'NICs', aspect: 'errors', rules: ['nic-driver-loss'], what: 'loss counters of the driver', limit: '1/s', load: total, pane: 'network' }, losses.length === 0 ? undefined : `${count(total)}/s`, { drivers: cards }, 'the driver has none');
      }),
      ...(known.now?.items ?? [])
        .filter(({ kind, bondMode }) => kind === 'bond' && bondMode === '802.3ad')
        .flatMap(({ name, lacpPartner }) =>
          check({ entity: entityRef('bond', name), name: plain(name), family: 'bonds', aspect: 'errors', rules: ['bond-lacp'], what: 'LACP partner', limit: 'present', pane: 'network' }, lacpPartner && plain(lacpPartner), { links: known }, 'not reported'),
        ),
      ...check({ ...host, name: 'network namespaces', aspect: 'errors', rules: ['namespace-network'], what: 'retransmits, accept queues, UDP buffers, conntrack', limit: 'as for the host', wide: true }, spaces.now && spaces.before && plural(spaces.now.spaces.size, 'namespace'), { namespaces: spaces }),
      ...check({ ...host, name: 'clock', aspect: 'errors', rules: ['clock-skew'], what: aheadSeconds === undefined ? 'offset by chronyd' : 'difference to this console', limit: '2 s' }, offset === undefined ? undefined : Math.abs(offset) < 1 ? ms(Math.abs(offset) * 1000) : span(Math.abs(offset)), { clock: time }, 'not reported'),
      ...check({ ...host, name: 'clock', aspect: 'errors', rules: ['clock-unsynchronised'], what: 'synchronisation', limit: 'synchronised' }, kernel && (kernel.isSynchronised ? 'synchronised' : 'not synchronised'), { clock: time }, 'not reported'),
      ...check({ ...host, name: 'resolver', aspect: 'errors', rules: ['resolver-unresponsive'], what: 'lookups without a reply for 3 s', limit: '0', wide: true }, dns.now?.lookups && `${waiting}, ${plural(states.length, 'resolver')}`, { resolvers: dns }, 'sockets not read'),
    ]; // prettier-ignore
  },
});
