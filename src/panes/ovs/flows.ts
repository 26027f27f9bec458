import { bytes, count, duration, NONE } from '../../lib/units.ts';
import { flowHistory } from '../../sources/ovs/flow-rates.ts';
import type { Flow } from '../../sources/ovs/flow.ts';
import type { OvsFlowsSample } from '../../sources/ovs/flows.ts';
import type { Role } from '../../theme.ts';
import type { Entry } from '../../timeline/moment.ts';
import type { Column, TableSection, Link } from '../pane.ts';
import { flowDetail } from './flow-detail.ts';
import { slow, type FlowRow, type Owners } from './flow-rows.ts';
import { ownerLinks, portLinks } from '../../ui/kit/links.ts';

export interface FlowsModel {
  readonly rows: readonly FlowRow[];
  readonly history: readonly Entry<OvsFlowsSample>[];
  /** How many there are by the datapath's own count. */
  readonly total: number | undefined;
  /** Said in the title when the guard left them out or they are not known. */
  readonly note: string;
  readonly empty: string;
}

const TREND = 8;
const EIGHTHS = '▁▂▃▄▅▆▇█';

/** Packets a second over the last dumps, in eighths of the largest. */
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

const doesRole = (row: FlowRow): Role => role(row, row.count.flow);
const role = (row: FlowRow, flow: Flow): Role =>
  flow.drops || slow(row) ? 'warn' : flow.recirculates && flow.outPorts.length === 0 ? 'dim' : 'text';

const columns = (model: FlowsModel): readonly Column<FlowRow>[] => [
  {
    id: 'pps',
    title: 'PKT/S',
    about: 'Packets a second between the last two dumps (packets of dpctl/dump-flows).',
    width: 6,
    align: 'right',
    rank: 0,
    value: (row) => row.packetsPerSec,
    text: (row) => count(row.packetsPerSec),
  },
  {
    id: 'bps',
    title: 'BIT/S',
    about: 'Bits a second between the last two dumps.',
    width: 6,
    align: 'right',
    rank: 1,
    value: (row) => (row.bytesPerSec === undefined ? undefined : row.bytesPerSec * 8),
    text: (row) => count(row.bytesPerSec === undefined ? undefined : row.bytesPerSec * 8),
  },
  {
    id: 'trend',
    title: 'TREND',
    about: 'Packets a second over the last dumps, the newest at the right.',
    width: TREND,
    rank: 5,
    value: (row) => row.packetsPerSec,
    text: (row) => trendOf(model.history, row.count.flow.ufid),
  },
  {
    id: 'from',
    title: 'IN',
    about: 'Guest, pod, container or logical port that it comes from; the port where nobody is known (external_ids).',
    width: 12,
    rank: 0,
    value: (row) => row.from,
  },
  {
    id: 'protocol',
    title: 'PROTO',
    about: 'Protocol as far as the flow matches it.',
    vocabulary: 'fixed',
    width: 5,
    rank: 1,
    value: (row) => row.protocol,
  },
  {
    id: 'source',
    title: 'SOURCE',
    about: 'Address and port that it matches; * is any, a prefix stands for all below it.',
    width: 16,
    rank: 0,
    value: (row) => row.source,
  },
  {
    id: 'destination',
    title: 'DESTINATION',
    about: 'The same of the other end.',
    width: 16,
    rank: 0,
    value: (row) => row.destination,
  },
  {
    id: 'does',
    title: 'DOES',
    about:
      'drop; userspace: each packet goes up to ovs-vswitchd (slow), and why; → who gets it; again: looked up once more, after connection tracking or a tunnel.',
    width: 14,
    grow: true,
    rank: 0,
    value: (row) => row.does,
    role: doesRole,
  },
  {
    id: 'more',
    title: 'ALSO MATCHES',
    about: 'Tunnel, VLAN, state of the connection and zone, and whether the card does it (offloaded).',
    width: 18,
    rank: 3,
    value: (row) => row.more,
  },
  {
    id: 'used',
    title: 'IDLE',
    about: 'Since its last packet; flows go after 10 s without one (max-idle), sooner when there are too many.',
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
  {
    id: 'packets',
    title: 'PACKETS',
    about: 'Since the flow was made.',
    width: 7,
    align: 'right',
    rank: 4,
    value: (row) => row.count.packets,
    text: (row) => count(row.count.packets),
  },
  {
    id: 'bytes',
    title: 'BYTES',
    about: 'Since the flow was made.',
    width: 6,
    align: 'right',
    rank: 6,
    value: (row) => row.count.bytes,
    text: (row) => bytes(row.count.bytes),
  },
];

/** To the port that it comes in at, who is behind that, and who gets it. */
function linksOf({ inPort, outPorts }: FlowRow, owners: Owners): readonly Link[] {
  const ports = [...new Set([...(inPort === undefined ? [] : [inPort]), ...outPorts])];
  const links = ports.flatMap((port) => [...ownerLinks(owners.get(port)), ...portLinks([port])]);
  return [...new Map(links.map((tie) => [`${tie.pane} ${tie.row}`, tie])).values()];
}

export const flowsSection = (model: FlowsModel, owners: Owners): TableSection<FlowRow> => ({
  kind: 'table',
  id: 'flows',
  title: 'Datapath flows',
  note: model.note || `${count(model.rows.length)}${model.total === undefined ? '' : ` of ${count(model.total)}`}`,
  sources: ['ovs-flows', 'ovs-db'],
  columns: columns(model),
  rows: model.rows,
  key: (row) => row.count.flow.ufid,
  sort: { column: 'pps', descending: true },
  searchText: (row) => `${row.more} ${row.to} ${row.count.flow.inPort ?? ''} ${row.count.flow.outPorts.join(' ')}`,
  rowRole: (row) => (row.packetsPerSec === 0 ? 'dim' : undefined),
  links: (row) => linksOf(row, owners),
  detail: (row) => flowDetail(row),
  empty: model.empty || NONE,
  minRows: 8,
});
