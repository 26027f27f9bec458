import { isCifsDown, isOutOfCredits } from '../../entities/storage/cifs-rates.ts';
import { count, plural, span } from '../../lib/units.ts';
import { cifs, type CifsServer } from '../../sources/storage/cifs.ts';
import { overLast } from '../../timeline/window.ts';
import { entityRef } from '../entity-ref.ts';
import { defineFinding, type Found } from '../finding.ts';

const FILE = '/proc/fs/cifs/DebugData';
const WINDOW_SECONDS = 600;

/** SMB server without a working connection, that was reconnected, or that grants no credits. */
export const cifsServer = defineFinding({
  id: 'cifs-server',
  title: 'SMB server lost or slow',
  needs: { cifs },
  authority: 'kernel: smb/client/cifsglob.h statusEnum, in two readings; a reconnect in 10 min; waits without credits in two readings [own]',
  judge: ({ cifs: seen }) => {
    const { now, before } = seen;
    const window = overLast(seen, WINDOW_SECONDS, 1.5);
    return (now?.servers ?? []).flatMap((server): Found[] => {
      const same = ({ connection }: CifsServer) => connection === server.connection;
      const earlier = before?.servers.find(same);
      const first = window.before?.servers.find(same);
      const reconnects = Math.max(0, (server.instance ?? 0) - (first?.instance ?? server.instance ?? 0));
      const condition = conditionOf(server, earlier, reconnects);
      if (condition === undefined) return [];
      return [
        {
          severity: condition === 'down' ? 'crit' : 'warn',
          condition,
          subject: server.name,
          entity: entityRef('daemon', server.name),
          sentence: sentenceOf(condition, server, reconnects, window.seconds),
          evidence: [
            { what: 'TCP status', value: server.state ?? 'unknown', source: FILE },
            { what: 'instance', value: count(server.instance), source: FILE },
            { what: 'credits', value: count(server.credits), source: FILE },
            { what: 'requests on wire', value: count(server.inFlight), source: FILE },
            { what: 'waiting for credits', value: count(server.waiting), source: FILE },
          ],
          next: 'read the kernel log for CIFS; check the network to the server and its SMB service (port 445)',
          pane: 'storage',
        },
      ];
    });
  },
}); // prettier-ignore

type Condition = 'down' | 'credits' | 'reconnects';

function conditionOf(now: CifsServer, before: CifsServer | undefined, reconnects: number): Condition | undefined {
  if (before === undefined) return undefined;
  if (isCifsDown(now) && isCifsDown(before)) return 'down';
  if (isOutOfCredits(now) && isOutOfCredits(before)) return 'credits';
  return reconnects > 0 ? 'reconnects' : undefined;
}

function sentenceOf(condition: Condition, server: CifsServer, reconnects: number, seconds: number | undefined): string {
  if (condition === 'down') return `SMB connection down (${server.state ?? 'unknown'}), ${count(server.inFlight)} in flight`;
  if (condition === 'credits') return `SMB out of credits, ${plural(server.waiting ?? 0, 'request')} waiting, ${count(server.inFlight)} in flight`;
  return `SMB: ${plural(reconnects, 'reconnect')} in ${span(seconds)}`;
} // prettier-ignore
