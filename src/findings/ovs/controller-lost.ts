import { plain } from '../../lib/plain.ts';
import { duration } from '../../lib/units.ts';
import { ovsDb } from '../../sources/ovs/db.ts';
import { defineFinding } from '../finding.ts';

/** A bridge whose controller cannot be reached: nobody gives it new rules. */
export const ovsControllerLost = defineFinding({
  id: 'ovs-controller-lost',
  title: 'A bridge without its controller',
  needs: { ovsDb },
  authority: 'ovs-vswitchd.conf.db(5): is_connected of a Controller or Manager',
  judge: ({ ovsDb: seen }) =>
    (seen.now?.controllers ?? [])
      .filter(({ connected }) => connected === false)
      .map(({ kind, bridge, target, state, lastError, disconnectedSeconds }) => {
        const whose = kind === 'manager' ? 'the database' : plain(bridge ?? 'a bridge');
        const mode = seen.now?.bridges.find(({ name }) => name === bridge)?.failMode;
        return {
          severity: 'crit' as const,
          subject: `${whose} ${plain(target)}`,
          sentence: `${whose} does not reach its ${kind} ${plain(target)}: ${plain(lastError ?? state ?? 'not connected')}${disconnectedSeconds === undefined ? '' : `, for ${duration(disconnectedSeconds)}`}${mode === 'secure' ? '; it keeps to the rules that it has' : ''}`,
          evidence: [
            { what: 'state', value: plain(state ?? '—'), source: 'Open_vSwitch database, Controller' },
            { what: 'last error', value: plain(lastError ?? '—'), source: 'Open_vSwitch database, Controller' },
            { what: 'fail mode', value: plain(mode ?? '—'), source: 'Open_vSwitch database, Bridge' },
          ],
          next: 'does the controller run and listen there; is the bridge meant to have one; has it any rules left (↵ on the bridge)?',
          pane: 'ovs',
        };
      }),
});
