import { isLeaderless, isSilent, silentAfterMs, spareMembers } from '../../entities/ovn/raft.ts';
import { plain } from '../../lib/plain.ts';
import { count, duration } from '../../lib/units.ts';
import { ovnDaemons } from '../../sources/ovn/daemons.ts';
import { defineFinding, type Found } from '../finding.ts';
import { overLast } from '../../timeline/window.ts';

/** One election is a restart; several in a few minutes are a network or a disk that comes and goes. */
const WINDOW_SECONDS = 300;
const ELECTIONS = 3;

/** A clustered database that lost a member, or whose leader changes again and again. */
export const ovnRaft = defineFinding({
  id: 'ovn-raft',
  title: 'A clustered OVN database is not whole',
  needs: { ovnDaemons },
  authority: `ovsdb(7), clustered databases: a majority must be there; silent for two election timers, ${ELECTIONS} terms in ${WINDOW_SECONDS / 60} minutes: [own]`,
  judge: ({ ovnDaemons: seen }) => {
    const { before, seconds } = overLast(seen, WINDOW_SECONDS);
    return (seen.now?.clusters ?? []).flatMap((view): Found[] => {
      const { database, members, term } = view;
      const found: Found[] = [];
      const silent = members.filter((member) => isSilent(member, view));
      // Without a leader there is a louder finding.
      if (silent.length > 0 && !isLeaderless(view)) {
        const spare = spareMembers(view);
        found.push({
          severity: spare <= 0 ? 'crit' : 'warn',
          subject: `${database} members`,
          sentence: `${silent.map(({ address }) => plain(address)).join(', ')} of the ${database} database ${silent.length === 1 ? 'is' : 'are'} silent, ${members.length - silent.length} of ${members.length} are left: ${spare <= 0 ? 'with one more lost it takes no changes' : `${spare} more may be lost`}`,
          evidence: silent.map(({ id, heardMs }) => ({
            what: id,
            value: heardMs === undefined ? 'never heard' : `heard ${duration(heardMs / 1000)} ago`,
            source: `cluster/status, silent after ${duration(silentAfterMs(view) / 1000)}`,
          })),
          next: 'does ovsdb-server run on that host, and does the host answer; a member that is gone for good is removed with cluster/kick',
          pane: 'ovn',
        });
      }
      const then = before?.clusters.find((one) => one.database === database)?.term;
      const elections = term === undefined || then === undefined ? 0 : term - then;
      if (elections >= ELECTIONS)
        found.push({
          severity: 'warn',
          subject: `${database} elections`,
          sentence: `the ${database} database called ${count(elections)} elections in ${duration(seconds)}: clients are sent from one leader to the next`,
          evidence: [
            { what: 'term', value: `${count(then)}, then ${count(term)}`, source: 'cluster/status' },
            {
              what: 'election timer',
              value: view.electionTimerMs === undefined ? '—' : `${view.electionTimerMs} ms`,
              source: 'cluster/status',
            },
          ],
          next: 'network between the members, how long they wait for their disks, CPU of ovsdb-server; a large database needs a longer election timer (cluster/change-election-timer)',
          pane: 'ovn',
        });
      return found;
    });
  },
});
