import { plain } from '../../lib/plain.ts';
import {
  nothingWords,
  stateOfDetail,
  stateOfMissing,
  stateWords,
  type NothingWords,
  type ReadingState,
} from '../../timeline/reading-state.ts';
import { bytes, count, duration, NONE } from '../../lib/units.ts';
import { bindDetail } from '../../sources/source.ts';
import { ovsTrace, type TraceSample } from '../../sources/ovs/trace.ts';
import type { TracedRule } from '../../sources/ovs/trace-rules.ts';
import { numberColumn, textColumn } from '../../ui/kit/columns.ts';
import { factsSection, type Fact } from '../../ui/kit/facts.ts';
import type { Column, Detail, LinesSection, TableSection } from '../pane.ts';
import { ruleDetail } from './rule-detail.ts';
import type { FlowRow } from './flow-rows.ts';

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
      const { trace } = samples as { readonly trace?: TraceSample };
      const state = trace?.silent ? stateOfMissing(trace.silent) : stateOfDetail(trace, missing['trace']);
      return [flowSection(row, trace, state), traceSection(trace, nothingWords('none', state))];
    },
  };
}

function flowSection(row: FlowRow, trace: TraceSample | undefined, state: ReadingState): LinesSection {
  const { flow, packets, bytes: size, usedSeconds } = row.count;
  const facts: readonly Fact[] = [
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
      label: 'trace',
      text: trace?.outcome ?? stateWords(state),
      role: trace?.drops === true ? 'info' : 'text',
    },
    {
      label: 'datapath',
      text: `${flow.layer ?? NONE}${flow.offloaded === undefined ? '' : ` · offloaded ${flow.offloaded}`} · ${flow.datapath} · ufid ${flow.ufid}`,
    },
  ];
  return factsSection({ title: 'Flow', sources: ['ovs-flows'] }, facts);
}

const columns: readonly Column<TracedRow>[] = [
  textColumn({
    id: 'bridge',
    title: 'BRIDGE',
    about: 'Bridge whose tables the packet passes.',
    width: 10,
    rank: 1,
    value: (row) => plain(row.bridge),
  }),
  numberColumn({
    id: 'table',
    title: 'TABLE',
    about: 'OpenFlow table.',
    width: 5,
    rank: 0,
    value: (row) => row.table,
  }),
  numberColumn({
    id: 'priority',
    title: 'PRIO',
    about: 'Priority of the rule that matched.',
    width: 5,
    rank: 0,
    value: (row) => row.priority,
    missing: '',
  }),
  textColumn({
    id: 'match',
    title: 'MATCH',
    about: 'Match of the rule; no match: no rule of the table.',
    width: 30,
    grow: true,
    rank: 0,
    value: (row) => plain(row.match === undefined ? 'no match' : row.match || 'any'),
    role: (row) => (row.match === undefined ? 'info' : 'text'),
  }),
  textColumn({
    id: 'actions',
    title: 'ACTIONS',
    about: 'Actions of the rule.',
    width: 24,
    grow: true,
    rank: 0,
    value: (row) => plain(row.actions.join(', ')),
    role: (row) => (row.actions.at(-1) === 'drop' ? 'info' : 'text'),
  }),
  textColumn({
    id: 'cookie',
    title: 'COOKIE',
    about: 'Cookie of the rule; of OVN the first 32 bits of the UUID of its logical flow, which ↵ shows.',
    width: 10,
    rank: 0,
    value: (row) => row.cookie,
  }),
];

interface TracedRow extends TracedRule {
  readonly place: number;
}

const traceSection = (trace: TraceSample | undefined, empty: NothingWords): TableSection<TracedRow> => ({
  kind: 'table',
  id: 'trace',
  title: 'OpenFlow rules (ofproto/trace)',
  note: 'in their order · no packet is sent',
  sources: ['ovs-trace'],
  columns: [placeColumn, ...columns],
  rows: (trace?.rules ?? []).map((rule, index) => ({ ...rule, place: index + 1 })),
  key: (row) => String(row.place),
  sort: { column: 'place', descending: false },
  detail: (row) => ruleDetail({ ...row, match: row.match ?? 'no match', actions: row.actions.join(',') }),
  empty,
  minRows: 8,
});

const placeColumn: Column<TracedRow> = numberColumn({
  id: 'place',
  title: 'STEP',
  about: 'Place in the order of the trace.',
  width: 4,
  rank: 0,
  value: (row) => row.place,
});
