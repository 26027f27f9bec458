import { fields, flagOf, json, numberOf, textOf } from '../../lib/json.ts';

/** KubeTable is a list of the API server, kept current on the host: its state and rows. */
export interface KubeTable<Row> {
  /** live, lost, or listing: the first list is not complete. */
  readonly state: string | undefined;
  /** Node name of this host. */
  readonly node: string | undefined;
  /** Kind of kubeconfig in use: `kubeadm`, `node identity`. */
  readonly place: string | undefined;
  readonly config: string | undefined;
  /** Host clock of the last event of the watch. */
  readonly readEpochSeconds: number | undefined;
  readonly lostSinceEpochSeconds: number | undefined;
  /** Error of a lost table. */
  readonly error: string | undefined;
  /** Truncated: there are more rows than are kept. */
  readonly cut: boolean;
  /** Whether rows of all nodes are listed, as `kubectl get` does, and not those of one node. */
  readonly isWhole: boolean;
  readonly rows: readonly Row[];
}

/**
 * Parser of such a reply: a line of JSON about the table, and one for each row. A row that did not change is the
 * same object as in the sample before, and an answer that did not change the same sample: with 10 000 rows of which one
 * changes, one is parsed. The result depends on the text alone.
 */
export function kubeTable<Row>(
  rowOf: (value: unknown) => Row | undefined,
): (text: string | undefined) => KubeTable<Row> | undefined {
  let known: { readonly text: string; readonly table: KubeTable<Row> } | undefined;
  let before = new Map<string, Row | undefined>();
  return (text) => {
    if (text === undefined) return undefined;
    if (known?.text === text) return known.table;
    const [head, ...lines] = text.split('\n');
    const header = fields(json(head));
    const now = new Map<string, Row | undefined>();
    for (const line of lines) now.set(line, before.has(line) ? before.get(line) : rowOf(json(line)));
    before = now;
    const table = {
      state: textOf(header['state']),
      node: textOf(header['node']),
      place: textOf(header['place']),
      config: textOf(header['config']),
      readEpochSeconds: numberOf(header['heardAt']),
      lostSinceEpochSeconds: numberOf(header['lostSince']),
      error: textOf(header['said']),
      cut: flagOf(header['cut']) ?? false,
      isWhole: flagOf(header['whole']) ?? false,
      rows: [...now.values()].flatMap((row) => (row === undefined ? [] : [row])),
    };
    known = { text, table };
    return table;
  };
}
