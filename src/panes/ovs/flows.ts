import { count, duration } from '../../lib/units.ts';
import { flowHistory } from '../../sources/ovs/flow-rates.ts';
import type { Flow } from '../../sources/ovs/flow.ts';
import type { OvsFlowsSample } from '../../sources/ovs/flows.ts';
import type { Role } from '../../theme.ts';
import type { Entry } from '../../timeline/moment.ts';
import type { NothingWords } from '../../timeline/reading-state.ts';
import type { Column, TableSection, Link } from '../pane.ts';
import { flowDetail } from './flow-detail.ts';
import { slow, type FlowRow, type Owners } from './flow-rows.ts';
import { ownerLinks, portLinks } from '../../ui/kit/links.ts';
import { bytesColumn, countColumn } from '../../ui/kit/columns.ts';

export interface FlowsModel {
  readonly rows: readonly FlowRow[];
  readonly history: readonly Entry<OvsFlowsSample>[];
  /** Flow count of the datapath itself. */
  readonly total: number | undefined;
  /** Note of the title where flows are not read. */
  readonly note: string;
  /** Number of flows; undefined where they were not read. */
  readonly number: number | undefined;
  readonly empty: NothingWords;
}

const TREND = 8;
const EIGHTHS = '▁▂▃▄▅▆▇█';

/** Packets/s over the last dumps, in eighths of the largest. */
function trendOf(history: readonly Entry<OvsFlowsSample>[], ufid: string): string {
  const past = flowHistory(history, ufid, TREND);
  const most = Math.max(0, ...past.map((value) => value ?? 0));
  return past
    .map((value) =>
      value === undefined ? ' ' : (EIGHTHS[most <= 0 ? 0 : Math.min(7, Math.round((value / most) * 7))] ?? ' '),
    )
    .join('')
    .padStart(TREND);
}

const actionsRole = (row: FlowRow): Role => role(row, row.count.flow);
const role = (row: FlowRow, flow: Flow): Role =>
  flow.drops || slow(row) ? 'info' : flow.recirculates && flow.outPorts.length === 0 ? 'dim' : 'text';

const columns = (model: FlowsModel): readonly Column<FlowRow>[] => [
  countColumn({
    id: 'pps',
    title: 'PKT/S',
    about: 'Packets/s between the last two dumps (dpctl/dump-flows, packets).',
    width: 6,
    rank: 0,
    value: (row) => row.packetsPerSec,
  }),
  countColumn({
    id: 'bps',
    title: 'BIT/S',
    about: 'Bits/s between the last two dumps.',
    width: 6,
    rank: 1,
    value: (row) => (row.bytesPerSec === undefined ? undefined : row.bytesPerSec * 8),
  }),
  {
    id: 'trend',
    title: 'TREND',
    about: 'Packets/s over the last dumps, newest at the right.',
    width: TREND,
    rank: 5,
    value: (row) => row.packetsPerSec,
    text: (row) => trendOf(model.history, row.count.flow.ufid),
  },
  {
    id: 'from',
    title: 'IN',
    about: 'in_port by owner: guest, pod, container or logical port (external_ids), else the port name.',
    width: 12,
    rank: 0,
    value: (row) => row.from,
  },
  {
    id: 'protocol',
    title: 'PROTO',
    about: 'Protocol in the match of the megaflow.',
    vocabulary: 'fixed',
    width: 5,
    rank: 1,
    value: (row) => row.protocol,
  },
  {
    id: 'source',
    title: 'SOURCE',
    about: 'Source address and port in the match; *: any.',
    width: 16,
    rank: 0,
    value: (row) => row.source,
  },
  {
    id: 'destination',
    title: 'DESTINATION',
    about: 'Destination address and port in the match; *: any.',
    width: 16,
    rank: 0,
    value: (row) => row.destination,
  },
  {
    id: 'does',
    title: 'ACTIONS',
    about:
      'drop; userspace: slow path through ovs-vswitchd, with its reason; → owner of the output port; recirc: a further lookup, after ct or a tunnel.',
    width: 14,
    grow: true,
    rank: 0,
    value: (row) => row.actions,
    role: actionsRole,
  },
  {
    id: 'more',
    title: 'TUNNEL/VLAN/CT',
    about: 'Match on tunnel, VLAN, ct_state and ct_zone; offloaded: handled by the NIC.',
    width: 18,
    rank: 3,
    value: (row) => row.more,
  },
  {
    id: 'used',
    title: 'IDLE',
    about: 'Time since the last packet (used); flows expire after 10 s (max-idle), sooner above the flow limit.',
    vocabulary: 'fixed',
    width: 5,
    align: 'right',
    rank: 4,
    value: (row) => row.count.usedSeconds,
    text: (row) =>
      row.count.usedSeconds === undefined
        ? 'never'
        : row.count.usedSeconds < 1
          ? `${row.count.usedSeconds.toFixed(1)}s`
          : duration(row.count.usedSeconds),
  },
  countColumn({
    id: 'packets',
    title: 'PACKETS',
    about: 'Total since the flow was installed.',
    width: 7,
    rank: 4,
    value: (row) => row.count.packets,
  }),
  bytesColumn({
    id: 'bytes',
    title: 'BYTES',
    about: 'Total since the flow was installed.',
    width: 6,
    rank: 6,
    value: (row) => row.count.bytes,
  }),
];

/** Links to the ports of a flow and their owners. */
function linksOf({ inPort, outPorts }: FlowRow, owners: Owners): readonly Link[] {
  const ports = [...new Set([...(inPort === undefined ? [] : [inPort]), ...outPorts])];
  const links = ports.flatMap((port) => [...ownerLinks(owners.get(port)), ...portLinks([port])]);
  return [...new Map(links.map((tie) => [`${tie.pane} ${tie.row}`, tie])).values()];
}

export const flowsSection = (model: FlowsModel, owners: Owners): TableSection<FlowRow> => ({
  kind: 'table',
  id: 'flows',
  title: 'Datapath flows',
  note: model.note || `${count(model.number)}${model.total === undefined ? '' : ` of ${count(model.total)}`}`,
  sources: ['ovs-flows', 'ovs-db'],
  columns: columns(model),
  rows: model.rows,
  key: (row) => row.count.flow.ufid,
  sort: { column: 'pps', descending: true },
  searchText: (row) => `${row.more} ${row.to} ${row.count.flow.inPort ?? ''} ${row.count.flow.outPorts.join(' ')}`,
  rowRole: (row) => (row.packetsPerSec === 0 ? 'dim' : undefined),
  links: (row) => linksOf(row, owners),
  detail: (row) => flowDetail(row),
  empty: model.empty,
  minRows: 8,
});
