import { defineDetail } from '../source.ts';
import { rulesOf, type Rule } from './rule.ts';

/** Rules of one OpenFlow table up to which they are dumped; the dump takes about 2 µs of each in the main thread of ovs-vswitchd. */
export const TABLE_RULE_CAP = 10_000;

/** OpenFlow table of a bridge. */
export interface TableTarget {
  readonly bridge: string;
  readonly table: number;
}

/** Rules of one OpenFlow table, with cookies: ovs-ofctl(8), `dump-flows`. */
export const ovsTableRules = defineDetail({
  id: 'ovs-table-rules',
  title: 'OpenFlow rules of a table',
  why: `Shows cookie and counters of the rules of one OpenFlow table, while its page is open; not read above ${TABLE_RULE_CAP}.`,
  everySeconds: 10,
  reads: ({ bridge, table }: TableTarget) => ({
    rules: {
      kind: 'run',
      argv: [
        'ovs-ofctl',
        '-O',
        'OpenFlow10,OpenFlow13,OpenFlow14,OpenFlow15',
        '--timeout=5',
        'dump-flows',
        bridge,
        `table=${table}`,
      ],
      as: 'root',
    },
  }),
  parse: ({ rules }): readonly Rule[] => rulesOf(rules),
  example: { bridge: 'br-int', table: 44 },
});
