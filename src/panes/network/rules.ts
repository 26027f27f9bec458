import type { PolicyRule } from '../../entities/network/rules.ts';
import { plain } from '../../lib/plain.ts';
import { count, NONE } from '../../lib/units.ts';
import type { Link } from '../../sources/network/links.ts';
import type { Hop } from '../../sources/network/routing.ts';
import { numberKnown, type NothingWords, type ReadingState } from '../../timeline/reading-state.ts';
import { numberColumn, textColumn, totalColumn } from '../../ui/kit/columns.ts';
import type { Column, TableSection } from '../pane.ts';

export interface RuleRow extends PolicyRule {
  /** `192.0.2.1 dev eth0`, `none`; undefined where the routes of the table are not known. */
  readonly defaultRoute: string | undefined;
}

export const ruleRows = (rules: readonly PolicyRule[], links: ReadonlyMap<number, Link>): readonly RuleRow[] =>
  rules.map((rule) => ({ ...rule, defaultRoute: defaultRouteText(rule, links) }));

function defaultRouteText({ routes }: PolicyRule, links: ReadonlyMap<number, Link>): string | undefined {
  const [first] = routes?.filter(({ destination }) => destination === 'default').toSorted((a, b) => (a.metric ?? 0) - (b.metric ?? 0)) ?? []; // prettier-ignore
  if (!first) return routes && 'none';
  if (first.type !== undefined && first.type !== 'unicast') return first.type;
  const hop = ({ gateway, index }: Hop): string => {
    const link = index === undefined ? undefined : links.get(index);
    return [gateway, link && `dev ${link.name}`].filter(Boolean).join(' ') || NONE;
  };
  return first.hops.map(hop).join(', ');
}

const columns: readonly Column<RuleRow>[] = [
  numberColumn({ id: 'priority', title: 'PRIO', about: 'Priority: rules are tried from the lowest on, main has 32766.', width: 5, rank: 0, value: ({ priority }) => priority }),
  { id: 'family', title: 'IP', about: 'Version of IP.', vocabulary: 'fixed', width: 2, rank: 1, value: ({ family }) => `v${family}` },
  textColumn({ id: 'selector', title: 'SELECTOR', about: 'Packets that the rule takes, as `ip rule` prints them.', width: 20, grow: true, rank: 0, value: ({ selector }) => plain(selector) }),
  textColumn({ id: 'action', title: 'ACTION', about: 'Table that is looked up, or what is done with the packets.', width: 14, widest: 36, rank: 0, value: ({ action }) => plain(action) }),
  totalColumn({ id: 'routes', title: 'ROUTES', about: 'Routes of that table, of this version of IP; a table without a matching one falls through to the next rule.', width: 6, rank: 1, value: ({ routes }) => routes?.length }),
  textColumn({ id: 'default', title: 'DEFAULT ROUTE', about: 'Gateway and interface of the default route of that table.', width: 16, widest: 36, rank: 0, value: ({ defaultRoute }) => defaultRoute && plain(defaultRoute) }),
]; // prettier-ignore

export const rulesSection = (
  rows: readonly RuleRow[],
  state: ReadingState,
  empty: NothingWords,
): TableSection<RuleRow> => ({
  kind: 'table',
  id: 'rules',
  title: 'Routing rules',
  note: count(numberKnown(rows.length, state)),
  sources: ['routing-rules', 'routes'],
  columns,
  rows,
  key: ({ family, priority, selector, action }) => `${family} ${priority} ${selector} ${action}`,
  sort: { column: 'priority', descending: false },
  empty,
});
