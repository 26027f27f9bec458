import type { PortOwner } from '../../entities/ovs/port.ts';
import { plain } from '../../lib/plain.ts';
import { cut, fit } from '../../lib/text-width.ts';
import { count, NONE } from '../../lib/units.ts';
import { bindDetail } from '../../sources/source.ts';
import type { Interface } from '../../sources/ovs/db.ts';
import { ovsPortFlows } from '../../sources/ovs/port-flows.ts';
import type { Detail, LinesSection, Section } from '../pane.ts';
import { flowsOfDetail } from './flow-detail-rows.ts';

const LABEL = 13;

/** Detail of one port: its Interface row and its flows, which are read even where all flows are too many. */
export function portDetail(port: Interface, owners: ReadonlyMap<string, PortOwner>): Detail {
  const flows = flowsOfDetail(owners);
  return {
    id: 'ovs-port',
    title: `port ${plain(port.name)}`,
    sources: { flows: bindDetail(ovsPortFlows, { port: port.name }) },
    everySeconds: 5,
    sections: (samples, missing): readonly Section[] => [
      factsSection(port),
      flows(samples, missing, 'no flows with this in_port'),
    ],
  };
}

function factsSection(port: Interface): LinesSection {
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
    ...(port.error === undefined ? [] : [{ label: 'error', text: port.error, bad: true }]),
    {
      label: 'drops/errors',
      text: counted.length === 0 ? 'none' : counted.map(([name, value]) => `${name} ${count(value)}`).join(' · '),
      bad: counted.length > 0,
    },
    ...[...port.externalIds].map(([label, text]) => ({ label, text })),
  ];
  return {
    kind: 'lines',
    id: 'facts',
    title: 'Port',
    sources: ['ovs-db'],
    minColumns: 60,
    wantRows: () => facts.length,
    draw: (columns, rows, theme) =>
      facts
        .slice(0, rows)
        .map(
          (fact) =>
            theme.paint('label', `${fit(plain(fact.label), LABEL - 1)} `) +
            theme.paint('bad' in fact && fact.bad ? 'warn' : 'text', cut(plain(fact.text), columns - LABEL)),
        ),
  };
}
