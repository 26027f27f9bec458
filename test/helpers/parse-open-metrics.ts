/** Family as a strict reader of OpenMetrics 1.0 has it. */
export interface ParsedFamily {
  readonly name: string;
  type: string | undefined;
  unit: string | undefined;
  help: string | undefined;
  readonly samples: {
    readonly name: string;
    readonly labels: ReadonlyMap<string, string>;
    readonly value: number;
    readonly seconds: number | undefined;
  }[];
}

const NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*/;
const LABEL = /^([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"/;
const NUMBER = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i;
const RESERVED = /_(?:total|created|count|sum|bucket|info|gcount|gsum)$/;

const unescaped = (text: string): string => text.replaceAll(/\\(.)/g, (_, one: string) => (one === 'n' ? '\n' : one));

/**
 * Families of an exposition, by the rules of https://prometheus.io/docs/specs/om/open_metrics_spec/ that concern gauges and infos; throws an
 * error with the line for a text that breaks one.
 */
export function parseOpenMetrics(text: string): ReadonlyMap<string, ParsedFamily> {
  const families = new Map<string, ParsedFamily>();
  const series = new Set<string>();
  let current: ParsedFamily | undefined;
  const lines = text.split('\n');
  if (lines.pop() !== '' || lines.pop() !== '# EOF') throw new Error('the end is not "# EOF" and a line feed');
  for (const line of lines) {
    const wrong = (why: string) => new Error(`${why}: ${line}`);
    const [, what, of = '', rest = ''] = /^# (TYPE|UNIT|HELP) (\S+) (.*)$/.exec(line) ?? [];
    if (line.startsWith('#') && what === undefined) throw wrong('no comment is allowed');
    if (what !== undefined) {
      if (NAME.exec(of)?.[0] !== of || RESERVED.test(of)) throw wrong('name');
      if (current?.name !== of) {
        if (families.has(of)) throw wrong('family in two parts');
        current = { name: of, type: undefined, unit: undefined, help: undefined, samples: [] };
        families.set(of, current);
      }
      if (current.samples.length > 0) throw wrong('metadata behind samples');
      const field = what.toLowerCase() as 'type' | 'unit' | 'help';
      if (current[field] !== undefined) throw wrong('metadata twice');
      if (field === 'type' && rest !== 'gauge' && rest !== 'info') throw wrong('type');
      if (field === 'unit' && !of.endsWith(`_${rest}`)) throw wrong('unit is not the end of the name');
      if (field === 'help' && !/^(?:[^"\\]|\\["\\n])*$/.test(rest)) throw wrong('escapes');
      current[field] = field === 'help' ? unescaped(rest) : rest;
      continue;
    }
    const [name = ''] = NAME.exec(line) ?? [];
    let left = line.slice(name.length);
    const labels = new Map<string, string>();
    if (left.startsWith('{')) {
      do {
        left = left.slice(1);
        const [whole, label = '', value = ''] = LABEL.exec(left) ?? [];
        if (whole === undefined || labels.has(label)) throw wrong('label');
        labels.set(label, unescaped(value));
        left = left.slice(whole.length);
      } while (left.startsWith(','));
      if (!left.startsWith('}')) throw wrong('labels');
      left = left.slice(1);
    }
    const [blank, value = '', time, ...others] = left.split(' ');
    if (blank !== '' || others.length > 0 || !NUMBER.test(value)) throw wrong('value');
    if (time !== undefined && !NUMBER.test(time)) throw wrong('time');
    if (!current || name !== (current.type === 'info' ? `${current.name}_info` : current.name)) throw wrong('family');
    if (current.type === 'info' && value !== '1') throw wrong('value of an info');
    const id = [name, ...[...labels].map((pair) => JSON.stringify(pair)).toSorted((a, b) => (a < b ? -1 : 1))].join(
      ' ',
    );
    if (series.has(id)) throw wrong('sample twice');
    series.add(id);
    current.samples.push({
      name,
      labels,
      value: Number(value),
      seconds: time === undefined ? undefined : Number(time),
    });
  }
  for (const { name, type, help, samples } of families.values())
    if (type === undefined || help === undefined || samples.length === 0) throw new Error(`incomplete family ${name}`);
  return families;
}
