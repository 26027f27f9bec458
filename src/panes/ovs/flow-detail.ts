import { plain } from '../../lib/plain.ts';
import { stateOfMissing, stateWords } from '../../timeline/reading-state.ts';
import { cut, fit } from '../../lib/text-width.ts';
import { bytes, count, duration, NONE } from '../../lib/units.ts';
import { lines } from '../../lib/lines.ts';
import { bindDetail } from '../../sources/source.ts';
import { ovsTrace } from '../../sources/ovs/trace.ts';
import type { Role } from '../../theme.ts';
import type { Detail, LinesSection } from '../pane.ts';
import type { FlowRow } from './flow-rows.ts';

const LABEL = 13;

/** Detail of one datapath flow: match, actions, counters and its ofproto/trace. */
export function flowDetail(row: FlowRow): Detail {
  const { flow } = row.count;
  const traced = { datapathType: flow.datapath.split('@')[0] ?? '', match: flow.match.replaceAll(' ', '') };
  return {
    id: 'ovs-flow',
    title: `flow ${plain(flow.ufid.slice(0, 8))} ${row.from} ${row.actions}`,
    sources: { trace: bindDetail(ovsTrace, traced) },
    everySeconds: 10,
    sections: (samples, missing) => {
      // bindDetail gave it the sample of ovsTrace, or there is none yet.
      const { trace } = samples as { readonly trace?: ReturnType<typeof ovsTrace.parse> };
      const why = trace?.silent ?? missing['trace']?.['trace'];
      return [factsSection(row), traceSection(trace?.text, why && stateWords(stateOfMissing(why)))];
    },
  };
}

function factsSection(row: FlowRow): LinesSection {
  const { flow, packets, bytes: size, usedSeconds } = row.count;
  const facts: readonly { readonly label: string; readonly text: string; readonly role?: Role }[] = [
    {
      label: 'rate',
      text: `${count(row.packetsPerSec)} packets/s · ${count(row.bytesPerSec === undefined ? undefined : row.bytesPerSec * 8)} bit/s${row.fresh ? ' · new since the last dump' : ''}`,
    },
    {
      label: 'total',
      text: `${count(packets)} packets · ${bytes(size)} · idle ${usedSeconds === undefined ? NONE : duration(usedSeconds)}`,
    },
    { label: 'in_port', text: `${row.from} (${flow.inPort ?? NONE})` },
    ...flow.fields
      .filter(({ name }) => name !== 'in_port' && name !== 'packet_type')
      .map(({ name, value }) => ({ label: name, text: value === '' ? 'any' : value })),
    {
      label: 'actions',
      text: flow.actions || 'drop',
      role: flow.drops || flow.userspace ? ('info' as const) : ('text' as const),
    },
    { label: 'output', text: row.to || NONE },
    {
      label: 'datapath',
      text: `${flow.layer ?? NONE}${flow.offloaded === undefined ? '' : ` · offloaded ${flow.offloaded}`} · ${flow.datapath} · ufid ${flow.ufid}`,
    },
  ];
  return {
    kind: 'lines',
    id: 'facts',
    title: 'Flow',
    sources: ['ovs-flows'],
    minColumns: 60,
    wantRows: () => facts.length,
    draw: (columns, rows, theme) =>
      facts
        .slice(0, rows)
        .map(
          ({ label, text, role }) =>
            theme.paint('label', fit(label, LABEL)) + theme.paint(role ?? 'text', cut(plain(text), columns - LABEL)),
        ),
  };
}

function traceSection(text: string | undefined, why: string | undefined): LinesSection {
  const shown = text === undefined ? [] : lines(text).map((line) => plain(line));
  return {
    kind: 'lines',
    id: 'trace',
    title: 'OpenFlow rules (ofproto/trace)',
    note: 'no packet is sent',
    sources: ['ovs-trace'],
    minColumns: 60,
    wantRows: () => Math.max(1, shown.length),
    draw: (columns, rows, theme) =>
      shown.length === 0
        ? [theme.paint('dim', cut(why === undefined ? 'not read yet' : plain(why), columns))]
        : shown
            .slice(0, rows)
            .map((line) =>
              theme.paint(
                /^ *\d+\. /.test(line) ? 'accent' : />>/.test(line) ? 'warn' : /->/.test(line) ? 'dim' : 'text',
                cut(line, columns),
              ),
            ),
  };
}
