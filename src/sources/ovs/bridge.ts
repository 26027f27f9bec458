import type { Missing } from '../../host/host.ts';
import { lines, toCount } from '../../lib/lines.ts';
import { parts, replyOf, snapSwitchd, switchd } from './sockets.ts';
import { rulesOf, type Rule } from './rule.ts';
import { defineDetail } from '../source.ts';

/** Rules up to which they are dumped: 10 000 took 20 ms of the main thread of ovs-vswitchd where measured. */
export const RULE_CAP = 20_000;

/**
 * OpenFlow tables, rules and FDB of one bridge: ovs-ofctl(8), ovs-vswitchd(8).
 *
 *       table 10:                                              ovs-ofctl dump-tables
 *         active=101, lookup=550335, matched=550335
 *        13    20  ea:68:18:1d:cd:ab  203                      fdb/show: port, VLAN, MAC, age in seconds
 */
export const ovsBridge = defineDetail({
  id: 'ovs-bridge',
  title: 'OpenFlow rules and FDB of a bridge',
  why: `Shows n_packets of each OpenFlow rule, lookups of each table and learned MACs; rules are not read above ${RULE_CAP}.`,
  everySeconds: 4,
  reads: ({ bridge }: { readonly bridge: string }) => ({
    tables: {
      kind: 'run',
      argv: ['ovs-ofctl', '-O', 'OpenFlow10,OpenFlow13,OpenFlow14,OpenFlow15', '--timeout=5', 'dump-tables', bridge],
      as: 'root',
    },
    rules: { ...switchd(`bridge/dump-flows ${bridge} cap=${RULE_CAP}`), timeoutMs: 10_000 },
    snapRules: { ...snapSwitchd(`bridge/dump-flows ${bridge} cap=${RULE_CAP}`), timeoutMs: 10_000 },
    fdb: switchd(`fdb/show ${bridge}`),
    snapFdb: snapSwitchd(`fdb/show ${bridge}`),
  }),
  parse: ({ tables, rules, snapRules, fdb, snapFdb }): OvsBridgeSample => {
    const dump = replyOf(rules, snapRules);
    const [part] = parts(dump.text);
    return {
      tables: tablesOf(tables),
      rules: part?.notRead === undefined ? rulesOf(part?.text) : [],
      rulesNotRead: part?.notRead,
      silent: dump.silent,
      addresses: addressesOf(replyOf(fdb, snapFdb).text),
    };
  },
  example: { bridge: 'br-int' },
});

export interface OvsBridgeSample {
  readonly tables: readonly FlowTable[];
  readonly rules: readonly Rule[];
  /** Reason for unread rules: more than the cap. */
  readonly rulesNotRead: string | undefined;
  readonly silent: Missing | undefined;
  readonly addresses: readonly Learned[];
}

export interface FlowTable {
  readonly table: number;
  readonly rules: number | undefined;
  /** Slow-path packets looked up in the table, and those that matched. */
  readonly lookups: number | undefined;
  readonly matched: number | undefined;
}

export interface Learned {
  readonly port: string;
  readonly vlan: number | undefined;
  readonly mac: string;
  readonly ageSeconds: number | undefined;
}

/** Tables with rules; `tables 22...253: ditto` stands for empty ones. */
function tablesOf(text: string | undefined): readonly FlowTable[] {
  const all: FlowTable[] = [];
  let table: number | undefined;
  for (const line of lines(text ?? '')) {
    table = toCount(/^\s*table (\d+)(?: \([^)]*\))?:/.exec(line)?.[1]) ?? table;
    const active = toCount(/\bactive=(\d+)/.exec(line)?.[1]);
    if (table === undefined || active === undefined || active === 0) continue;
    all.push({
      table,
      rules: active,
      lookups: toCount(/\blookup=(\d+)/.exec(line)?.[1]),
      matched: toCount(/\bmatched=(\d+)/.exec(line)?.[1]),
    });
  }
  return all;
}

function addressesOf(text: string | undefined): readonly Learned[] {
  return lines(text ?? '').flatMap((line): Learned[] => {
    const [, port, vlan, mac, age] = /^\s*(\S+)\s+(\d+)\s+((?:[0-9a-f]{2}:){5}[0-9a-f]{2})\s+(\S+)/.exec(line) ?? [];
    return port === undefined || mac === undefined
      ? []
      : [{ port, vlan: toCount(vlan), mac, ageSeconds: toCount(age) }];
  });
}
