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
  authority: '[own]: a lookup that waits for 3 s, crit from 3 of them; resolv.conf(5): timeout of 5 s',
  judge: ({ resolvers: seen, neighbours: table }): readonly Found[] => {
    const all = resolverStates(seen, table);
    const bad = all.flatMap((state) => {
      const why = troubleOf(state);
      return why === undefined ? [] : [{ state, why }];
    });
    return bad.map(({ state: { address, waiting }, why }): Found => ({
      // A resolver waits as long for the servers of one dead domain: few lookups alone are no outage.
      severity: bad.length === all.length && bad.every(({ state }) => isOut(state)) ? 'crit' : 'warn',
      entity: thisHost,
      condition: address,
      subject: 'resolver',
      subjectVocabulary: 'fixed',
      sentence: `${address}: ${why}${all.length > 1 ? `, ${bad.length} of ${plural(all.length, 'resolver')}` : ''}`,
      evidence: [
        { what: 'nameserver', value: all.map((one) => one.address).join(', '), source: '/etc/resolv.conf' },
        { what: 'lookups without a reply', value: String(waiting ?? 'unknown'), source: 'sock_diag, UDP port 53' },
      ],
      next: `query it: \`dig +tries=1 @${address} .\`; then check its service, or the route and firewall to it`,
      pane: 'network',
    }));
  },
});

const LEAST_LOOKUPS = 3;
const isOut = ({ hasNoServer, neighbour, waiting }: ResolverState): boolean =>
  hasNoServer || neighbour !== undefined || (waiting ?? 0) >= LEAST_LOOKUPS;

function troubleOf({ hasNoServer, neighbour, waiting, waitingSeconds }: ResolverState): string | undefined {
  if (hasNoServer) return 'nothing listens on UDP port 53';
  if (neighbour !== undefined) return `no reply to ARP or neighbour discovery (${neighbour})`;
  return waiting ? `${plural(waiting, 'lookup')} without a reply for ${span(waitingSeconds)}` : undefined;
}
