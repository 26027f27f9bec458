import type { PortOwner } from '../../entities/ovs/port.ts';
import { plain } from '../../lib/plain.ts';
import { count, NONE } from '../../lib/units.ts';
import { bindDetail } from '../../sources/source.ts';
import type { Interface } from '../../sources/ovs/db.ts';
import { ovsPortFlows } from '../../sources/ovs/port-flows.ts';
import type { Detail, LinesSection, Section } from '../pane.ts';
import { factsSection } from '../../ui/kit/facts.ts';
import { flowsOfDetail } from './flow-detail-rows.ts';

/** Detail of one port: its Interface row and its flows, which are read even where all flows are too many. */
export function portDetail(port: Interface, owners: ReadonlyMap<string, PortOwner>): Detail {
  const flows = flowsOfDetail(owners);
  return {
    id: 'ovs-port',
    title: `port ${plain(port.name)}`,
    sources: { flows: bindDetail(ovsPortFlows, { port: port.name }) },
    everySeconds: 5,
    sections: (samples, missing): readonly Section[] => [
      portSection(port),
      flows(samples, missing, 'no flows with this in_port'),
    ],
  };
}

function portSection(port: Interface): LinesSection {
  const counted = [...port.statistics].filter(([name, value]) => value > 0 && /drop|err|coll|fail/.test(name));
  const facts = [
    {
      label: 'bridge',
      text: `${port.bridge ?? NONE} · port ${port.port ?? NONE} · OpenFlow ${port.ofport ?? NONE}${port.tag === undefined ? '' : ` · VLAN ${port.tag}`}`,
    },
    {
      label: 'type',
      text: `${port.type}${port.remote === undefined ? '' : ` to ${port.remote}`} · mtu ${port.mtu ?? NONE} · ${port.mac ?? NONE}`,
    },
    {
      label: 'link',
      text: `${port.link ?? NONE} (admin ${port.admin ?? NONE}) · link_resets ${count(port.linkResets)}`,
    },
    ...(port.error === undefined ? [] : [{ label: 'error', text: port.error, role: 'warn' as const }]),
    {
      label: 'drops/errors',
      text: counted.length === 0 ? 'none' : counted.map(([name, value]) => `${name} ${count(value)}`).join(' · '),
      ...(counted.length > 0 && { role: 'warn' as const }),
    },
    ...[...port.externalIds].map(([label, text]) => ({ label, text })),
  ];
  return factsSection({ title: 'Port', sources: ['ovs-db'] }, facts);
}
