import { isLeaderless, isUnreachable, quorumWords, spareMembers, unreachableAfterMs } from '../../entities/ovn/raft.ts';
import { plain } from '../../lib/plain.ts';
import { count, duration, span } from '../../lib/units.ts';
import { ovnDaemons } from '../../sources/ovn/daemons.ts';
import { entityRef } from '../entity-ref.ts';
import { defineFinding, type Found } from '../finding.ts';
import { overLast } from '../../timeline/window.ts';

/** One election is a restart; several within minutes are an unstable network or disk. */
const WINDOW_SECONDS = 300;
const ELECTIONS = 3;

/** RAFT clusters with unreachable members or repeated elections. */
export const ovnRaft = defineFinding({
  id: 'ovn-raft',
  title: 'OVN database cluster: member unreachable, or repeated elections',
  needs: { ovnDaemons },
  authority: `ovsdb(7), clustered databases: quorum is a majority; no message for two election timers, ${ELECTIONS} terms in ${WINDOW_SECONDS / 60} min: [own]`,
  judge: ({ ovnDaemons: seen }) => {
    const { before, seconds } = overLast(seen, WINDOW_SECONDS);
    return (seen.now?.clusters ?? []).flatMap((view): Found[] => {
      const { database, members, term } = view;
      const found: Found[] = [];
      const lost = members.filter((member) => isUnreachable(member, view));
      // Without a leader ovn-disconnected reports it.
      if (lost.length > 0 && !isLeaderless(view)) {
        const spare = spareMembers(view);
        found.push({
          severity: spare <= 0 ? 'crit' : 'warn',
          subject: `${database} members`,
          subjectVocabulary: 'fixed',
          entity: entityRef('ovsdb', database),
          condition: 'members',
          sentence: `${lost.map(({ address }) => plain(address)).join(', ')} unreachable, ${members.length - lost.length} of ${members.length} left: ${quorumWords(spare)}`,
          evidence: lost.map(({ id, lastMessageMs }) => ({
            what: id,
            value: lastMessageMs === undefined ? 'no message yet' : `last message ${span(lastMessageMs / 1000)} ago`,
            source: `cluster/status, unreachable after ${duration(unreachableAfterMs(view) / 1000)}`,
          })),
          next: 'check that the host and its ovsdb-server are up; a member that is gone for good: `ovn-appctl cluster/kick`',
          pane: 'ovn',
        });
      }
      const then = before?.clusters.find((one) => one.database === database)?.term;
      const elections = term === undefined || then === undefined ? 0 : term - then;
      if (elections >= ELECTIONS)
        found.push({
          severity: 'warn',
          subject: `${database} elections`,
          subjectVocabulary: 'fixed',
          entity: entityRef('ovsdb', database),
          condition: 'elections',
          sentence: `${count(elections)} RAFT elections in ${span(seconds)}: unstable leader`,
          evidence: [
            { what: 'term', value: `${count(then)}, then ${count(term)}`, source: 'cluster/status' },
            {
              what: 'election timer',
              value: view.electionTimerMs === undefined ? '—' : `${view.electionTimerMs} ms`,
              source: 'cluster/status',
            },
          ],
          next: 'check network between members, disk latency and CPU of ovsdb-server; for a large database: `ovn-appctl cluster/change-election-timer`',
          pane: 'ovn',
        });
      return found;
    });
  },
});
