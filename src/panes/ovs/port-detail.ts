import type { PortOwner } from '../../entities/ovs-port.ts';
import { plain } from '../../lib/plain.ts';
import { cut, fit } from '../../lib/text-width.ts';
import { count, NONE } from '../../lib/units.ts';
import { bindDetail } from '../../sources/source.ts';
import type { Interface } from '../../sources/ovs-db.ts';
import { ovsPortFlows, type PortFlowsSample } from '../../sources/ovs-port-flows.ts';
import type { Seen } from '../../timeline/moment.ts';
import type { Detail, LinesSection, Section } from '../pane.ts';
import { flowRowsOf } from './flow-rows.ts';
import { flowsSection } from './flows.ts';

const LABEL = 13;

/** A port: what the database says of it, and its flows, which are read alone where all are too many. */
export function portDetail(port: Interface, owners: ReadonlyMap<string, PortOwner>): Detail {
  const seen = twoLooks();
  return {
    id: 'ovs-port',
    title: `port ${plain(port.name)}`,
    sources: { flows: bindDetail(ovsPortFlows, { port: port.name }) },
    everySeconds: 5,
    sections: (samples, missing): readonly Section[] => {
      // bindDetail gave it the sample of ovsPortFlows, or there is none yet.
      const { flows } = samples as { readonly flows?: PortFlowsSample };
      const why = flows?.silent ?? Object.values(missing['flows'] ?? {}).find((one) => one.why !== 'absent');
      const notRead = flows?.notRead.map((one) => one.why).join('; ') ?? '';
      return [
        factsSection(port),
        flowsSection(
          {
            rows: flowRowsOf(seen(flows), owners, new Map()),
            history: [],
            total: undefined,
            note: notRead === '' ? '' : `not read: ${plain(notRead)}`,
            empty: plain(
              why === undefined
                ? flows === undefined
                  ? 'not read yet'
                  : notRead || 'no flow comes in here'
                : `${why.why}: ${why.detail}`,
            ),
          },
          owners,
        ),
      ];
    },
  };
}

/** A detail is given the latest look only; rates need the one before. */
function twoLooks(): (
  sample: PortFlowsSample | undefined,
) => Pick<Seen<PortFlowsSample>, 'now' | 'before' | 'seconds'> {
  let now: PortFlowsSample | undefined;
  let before: PortFlowsSample | undefined;
  return (sample) => {
    if (sample !== undefined && sample !== now) [before, now] = [now, sample];
    const seconds =
      now?.atSeconds === undefined || before?.atSeconds === undefined ? undefined : now.atSeconds - before.atSeconds;
    return { now, before, seconds: seconds !== undefined && seconds > 0 ? seconds : undefined };
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
      text: `${port.link ?? NONE} (admin ${port.admin ?? NONE}) · came and went ${count(port.linkResets)} times`,
    },
    ...(port.error === undefined ? [] : [{ label: 'error', text: port.error, bad: true }]),
    {
      label: 'lost',
      text:
        counted.length === 0
          ? 'nothing since it was made'
          : counted.map(([name, value]) => `${name} ${count(value)}`).join(' · '),
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
