import { fields, flagOf, json, numberOf, textOf } from '../../lib/json.ts';

/** A list of the API server, kept current on the host; how it stands with that, and its rows. */
export interface KubeTable<Row> {
  /** live, lost, listing: for the first time. */
  readonly state: string | undefined;
  /** As this host is called in the cluster. */
  readonly node: string | undefined;
  /** What kind of kubeconfig it is asked with: `kubeadm`, `node identity`. */
  readonly place: string | undefined;
  readonly config: string | undefined;
  /** Host clock. */
  readonly heardEpochSeconds: number | undefined;
  readonly lostSinceEpochSeconds: number | undefined;
  readonly said: string | undefined;
  /** There are more rows than are kept. */
  readonly cut: boolean;
  readonly rows: readonly Row[];
}

/**
 * Makes what understands such an answer: a line of JSON about it, and one for each row. A row that did not change is the
 * same object as in the sample before, and an answer that did not change the same sample: with 10 000 rows of which one
 * changes, one is parsed. What it says hangs on the text alone.
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
    const said = fields(json(head));
    const now = new Map<string, Row | undefined>();
    for (const line of lines) now.set(line, before.has(line) ? before.get(line) : rowOf(json(line)));
    before = now;
    const table = {
      state: textOf(said['state']),
      node: textOf(said['node']),
      place: textOf(said['place']),
      config: textOf(said['config']),
      heardEpochSeconds: numberOf(said['heardAt']),
      lostSinceEpochSeconds: numberOf(said['lostSince']),
      said: textOf(said['said']),
      cut: flagOf(said['cut']) ?? false,
      rows: [...now.values()].flatMap((row) => (row === undefined ? [] : [row])),
    };
    known = { text, table };
    return table;
  };
}
