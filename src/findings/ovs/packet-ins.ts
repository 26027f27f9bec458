import { plain } from '../../lib/plain.ts';
import { count, percent } from '../../lib/units.ts';
import { ovsDatapath } from '../../sources/ovs/datapath.ts';
import { ovsDb, type Interface } from '../../sources/ovs/db.ts';
import type { Flow } from '../../sources/ovs/flow.ts';
import { flowRate, flowsBefore } from '../../sources/ovs/flow-rates.ts';
import { ovsFlows, type OvsFlowsSample } from '../../sources/ovs/flows.ts';
import { eventRate } from '../../sources/ovs/rates.ts';
import { grade, limits } from '../../thresholds.ts';
import type { Seen } from '../../timeline/moment.ts';
import { overLast } from '../../timeline/window.ts';
import { entityRef } from '../entity-ref.ts';
import { defineFinding } from '../finding.ts';

/** OpenFlow messages that ovs-vswitchd sends to all controllers. */
const SENT = 'rconn_sent';

/** A storm of packets to the controller: logged ACLs, or rules that send each packet there. */
export const ovsPacketIns = defineFinding({
  id: 'ovs-packet-ins',
  title: 'OVS: storm of packet-ins to the controller',
  needs: { ovsDatapath, ovsFlows, ovsDb },
  authority: limits.ovsPacketInsPerSec.authority,
  judge: ({ ovsDatapath: datapath, ovsFlows: flows, ovsDb: db }) => {
    const perSec = eventRate(datapath, SENT);
    // The longer window keeps a short burst out: a controller that reconnects gets a dump of all rules.
    const longer = eventRate(overLast(datapath, 10, 1.5), SENT);
    const severity = grade(perSec, limits.ovsPacketInsPerSec);
    if (severity === 'text' || grade(longer, limits.ovsPacketInsPerSec) === 'text') return [];
    const [top] = controllerFlows(flows);
    const from = top?.flow.inPort;
    const object = top?.flow.datapath ?? datapath.now?.datapaths[0]?.name ?? 'ovs-vswitchd';
    return [
      {
        severity,
        subject: object,
        entity: entityRef('datapath', object),
        ...(from === undefined ? {} : { members: [entityRef('port', from)] }),
        sentence: top
          ? `${count(perSec)} packet-ins/s${from === undefined ? '' : `, ${percent(top.sharePct)} from ${portName(from, db.now?.interfaces)}`}`
          : `${count(perSec)} OpenFlow messages/s to the controller`,
        evidence: [
          { what: 'sent', value: `${count(perSec)}/s`, source: `coverage/show ${SENT}` },
          ...(top
            ? [
                {
                  what: 'top flow',
                  value: plain(
                    `${count(top.packetsPerSec)} packets/s ${top.flow.protocol ?? ''} ${top.flow.source ?? '*'} → ${top.flow.destination ?? '*'}`,
                  ),
                  source: 'dpctl/dump-flows, userspace(controller)',
                },
              ]
            : []),
        ],
        next: 'OVN: `ovn-nbctl find ACL log=true`, limit with `meter-add`; else `ovs-ofctl dump-flows BRIDGE | grep CONTROLLER`',
        pane: 'ovs',
      },
    ];
  },
});

interface ControllerFlow {
  readonly flow: Flow;
  readonly packetsPerSec: number;
  /** Share of the packets of all such flows. */
  readonly sharePct: number;
}

/** Flows whose packets go to a controller, busiest first. */
function controllerFlows(seen: Seen<OvsFlowsSample>): readonly ControllerFlow[] {
  const { flows: before, seconds } = flowsBefore(seen);
  const all = [...(seen.now?.flows.values() ?? [])]
    .filter(({ flow }) => flow.slowPath === 'controller')
    .map((one) => ({ flow: one.flow, packetsPerSec: flowRate(one, before, seconds).packetsPerSec ?? 0 }));
  const sum = all.reduce((total, { packetsPerSec }) => total + packetsPerSec, 0);
  return all
    .map((one) => ({ ...one, sharePct: sum === 0 ? 100 / all.length : (100 * one.packetsPerSec) / sum }))
    .toSorted((a, b) => b.packetsPerSec - a.packetsPerSec);
}

function portName(port: string, interfaces: readonly Interface[] = []): string {
  const id = interfaces.find(({ name }) => name === port)?.externalIds.get('iface-id');
  return plain(id === undefined ? port : `${port} (${id})`);
}
