import { resolverStates, type ResolverState } from '../../entities/network/resolvers.ts';
import { plural, span } from '../../lib/units.ts';
import { resolvers } from '../../sources/network/resolvers.ts';
import { neighbours } from '../../sources/network/routing.ts';
import { thisHost } from '../entity-ref.ts';
import { defineFinding, type Found } from '../finding.ts';

/** Resolver of resolv.conf that does not reply, seen without a query: its neighbour entry, its socket, lookups that wait. */
export const resolverUnresponsive = defineFinding({
  id: 'resolver-unresponsive',
  title: 'DNS resolver does not reply',
  needs: { resolvers, neighbours },
  authority: '[own]: lookups that wait for 3 s; resolv.conf(5) gives up after 5 s',
  judge: ({ resolvers: seen, neighbours: table }): readonly Found[] => {
    const all = resolverStates(seen, table);
    const bad = all.flatMap((state) => {
      const why = troubleOf(state);
      return why === undefined ? [] : [{ state, why }];
    });
    return bad.map(({ state: { address, waiting }, why }): Found => ({
      // The first of several costs each lookup its timeout.
      severity: bad.length === all.length ? 'crit' : 'warn',
      entity: thisHost,
      condition: address,
      subject: 'resolver',
      subjectVocabulary: 'fixed',
      sentence: `${address}: ${why}${all.length > 1 ? `, ${bad.length} of ${plural(all.length, 'resolver')}` : ''}`,
      evidence: [
        { what: 'nameserver', value: all.map((one) => one.address).join(', '), source: '/etc/resolv.conf' },
        { what: 'lookups without a reply', value: String(waiting ?? 'unknown'), source: 'sock_diag, UDP port 53' },
      ],
      next: 'ask it once by hand: `dig +tries=1 @SERVER .`; then its service, or the route and firewall to it',
      pane: 'network',
    }));
  },
});

function troubleOf({ hasNoServer, neighbour, waiting, waitingSeconds }: ResolverState): string | undefined {
  if (hasNoServer) return 'nothing listens on UDP port 53';
  if (neighbour !== undefined) return `no reply to ARP or neighbour discovery (${neighbour})`;
  return waiting ? `${plural(waiting, 'lookup')} without a reply for ${span(waitingSeconds)}` : undefined;
}
