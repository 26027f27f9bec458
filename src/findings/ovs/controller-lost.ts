import { plain } from '../../lib/plain.ts';
import { span } from '../../lib/units.ts';
import { ovsDb } from '../../sources/ovs/db.ts';
import { entityRef } from '../entity-ref.ts';
import { defineFinding, onsetAgo } from '../finding.ts';

/** Controllers and managers that are not connected: the bridge gets no new rules. */
export const ovsControllerLost = defineFinding({
  id: 'ovs-controller-lost',
  title: 'OpenFlow controller or OVSDB manager disconnected',
  needs: { ovsDb },
  authority: 'ovs-vswitchd.conf.db(5): is_connected of a Controller or Manager',
  judge: ({ ovsDb: seen }) =>
    (seen.now?.controllers ?? [])
      .filter(({ connected }) => connected === false)
      .map(({ kind, bridge, target, state, lastError, disconnectedSeconds }) => {
        const object = kind === 'manager' ? 'ovsdb-server' : plain(bridge ?? 'bridge');
        const mode = seen.now?.bridges.find(({ name }) => name === bridge)?.failMode;
        return {
          severity: 'crit' as const,
          subject: `${object} ${plain(target)}`,
          entity: entityRef('controller', `${kind === 'manager' ? 'ovsdb-server' : (bridge ?? 'bridge')}/${target}`),
          sentence: `${kind} disconnected${disconnectedSeconds === undefined ? '' : ` for ${span(disconnectedSeconds)}`}, ${plain(lastError ?? state ?? 'not connected')}${mode === 'secure' ? '; fail_mode secure keeps present rules' : ''}`,
          evidence: [
            { what: 'state', value: plain(state ?? '—'), source: 'Open_vSwitch database, Controller' },
            { what: 'last error', value: plain(lastError ?? '—'), source: 'Open_vSwitch database, Controller' },
            { what: 'fail_mode', value: plain(mode ?? '—'), source: 'Open_vSwitch database, Bridge' },
          ],
          next: 'check that the controller listens at this target; open OVS, ↵ on the bridge: the rules it has left; `ovs-vsctl get-controller`',
          pane: 'ovs',
          ...onsetAgo(disconnectedSeconds, 'Controller sec_since_disconnect'),
        };
      }),
});
