import { isIPv4 } from 'node:net';
import { TABLE_FORMATS, type TableFormat } from '../exports/table-format.ts';
import { compileFilter } from '../ui/filter.ts';
import { failOn } from './argument-values.ts';
import type { OptionValues, Reach } from './arguments.ts';
import { isFleet, membersIn, refuseFleetOptions, type FleetTableCommand } from './fleet-arguments.ts';
import { UsageError } from './usage-error.ts';

/** A parsed command that gives data to other programs. */
export type DataCommand =
  | {
      readonly kind: 'mcp';
      readonly reach: Reach;
      readonly targets: readonly (string | undefined)[];
      readonly configFile: string | undefined;
      readonly redact: boolean;
    }
  | {
      readonly kind: 'table';
      readonly reach: Reach;
      readonly configFile: string | undefined;
      /** `hardware.disks`; undefined: the list of all tables. */
      readonly table: string | undefined;
      readonly format: TableFormat;
      readonly filter: ((text: string) => boolean) | undefined;
      readonly sort: string | undefined;
      readonly descending: boolean | undefined;
      readonly columns: readonly string[] | undefined;
      readonly redact: boolean;
    }
  | {
      /** `report --format openmetrics`. */
      readonly kind: 'metrics';
      readonly reach: Reach;
      readonly configFile: string | undefined;
      readonly out: string | undefined;
      readonly failOn: 'crit' | 'warn' | undefined;
      readonly redact: boolean;
    }
  | {
      readonly kind: 'export';
      readonly reach: Reach;
      readonly configFile: string | undefined;
      readonly listen: ListenAddress;
      readonly redact: boolean;
    }
  | {
      /** Screen that another crashcart shares. */
      readonly kind: 'watch';
      readonly at: { readonly path: string } | ListenAddress;
      readonly ticket: string | undefined;
    }
  | {
      readonly kind: 'cut';
      readonly file: string;
      /** Times as they were given: they may be names of markers. */
      readonly from: string;
      readonly to: string;
      readonly out: string;
      readonly redact: boolean;
    };

/** Loopback address to listen on; port 0 is a free one. */
export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

const DATA_COMMANDS = ['mcp', 'table', 'cut', 'export', 'watch'] as const;
type Kind = (typeof DATA_COMMANDS)[number];

export const isDataCommand = (word: string | undefined): word is Kind => DATA_COMMANDS.some((kind) => kind === word);

const CUT = 'crashcart cut call.cc.zst --from 14:02 --to +10m --out slice.cc.zst';

const WATCH = 'crashcart watch 127.0.0.1:40123 --ticket TICKET';

const EXPORT = 'crashcart export host --listen 127.0.0.1:9465';

/** Options that only some commands take, with an example. */
const OPTIONS = {
  list: { of: ['table'], example: 'crashcart table --list' },
  filter: { of: ['table'], example: "crashcart table host hardware.disks --filter 'nvme'" },
  sort: { of: ['table'], example: 'crashcart table host hardware.disks --sort util' },
  differences: { of: ['table'], example: "crashcart table 'node[1-40]' packages.installed --differences" },
  columns: { of: ['table'], example: 'crashcart table host hardware.disks --columns disk,util_percent' },
  to: { of: ['cut'], example: CUT },
  listen: { of: ['export'], example: EXPORT },
  ticket: { of: ['watch'], example: WATCH },
  'no-redact': { of: ['mcp'], example: 'crashcart mcp host --no-redact' },
} as const satisfies Partial<Record<keyof OptionValues, { readonly of: readonly Kind[]; readonly example: string }>>;

/** Options of other commands that have no meaning here. */
const ELSEWHERE = ['then', 'timeout', 'for', 'fail-on', 'short', 'record', 'tour'] as const;

/** Throws a UsageError for an option of another command. */
export function refuseDataOptions(values: OptionValues, kind?: Kind): void {
  for (const [name, { of, example }] of Object.entries(OPTIONS)) {
    // The keys are names of options.
    const isGiven = values[name as keyof typeof OPTIONS] !== undefined;
    if (isGiven && !of.some((one) => one === kind))
      throw new UsageError(`--${name} is an option of ${of.join(' and ')}: ${example}`);
  }
}

/** Throws a UsageError. */
export function dataCommand(
  kind: Kind,
  rest: readonly string[],
  values: OptionValues,
  reachOf: (target: string | undefined) => Reach,
): DataCommand | FleetTableCommand {
  refuseDataOptions(values, kind);
  if (values.from !== undefined && kind !== 'cut' && kind !== 'table')
    throw new UsageError(`--from is an option of cut and of several hosts: ${CUT}`);
  for (const name of ELSEWHERE)
    if (values[name] !== undefined) throw new UsageError(`--${name} is not an option of ${kind}`);
  if (values.yes && kind !== 'table') throw new UsageError(`--yes is not an option of ${kind}`);
  const configFile = values.config;
  switch (kind) {
    case 'mcp':
      if (rest.includes('-'))
        throw new UsageError('mcp -: standard input is the connection of the client; name a file');
      if (values['no-redact'] && values.redact) throw new UsageError('--redact and --no-redact exclude each other');
      return {
        kind,
        reach: reachOf(undefined),
        targets: rest.length === 0 ? [undefined] : rest,
        configFile,
        redact: !values['no-redact'],
      };
    case 'cut': {
      const [file, extra] = rest;
      const { from, to, out, redact = false } = values;
      if (extra !== undefined) throw new UsageError(`unexpected argument "${extra}": one recording at a time`);
      const missing = file === undefined ? 'FILE' : from === undefined ? '--from' : to === undefined ? '--to' : '--out';
      if (file === undefined || from === undefined || to === undefined || out === undefined)
        throw new UsageError(`missing ${missing}: ${CUT}`);
      return { kind, file, from, to, out, redact };
    }
    case 'export': {
      const [target, extra] = rest;
      if (extra !== undefined) throw new UsageError(`unexpected argument "${extra}": one host at a time`);
      for (const name of ['format', 'out'] as const)
        if (values[name] !== undefined) throw new UsageError(`--${name} is not an option of export`);
      return { kind, reach: reachOf(target), configFile, listen: listenAddress(values.listen), redact: values.redact ?? false }; // prettier-ignore
    }
    case 'watch':
      return watchCommand(rest, values);
    case 'table':
      return tableCommand(rest, values, reachOf);
  }
}

function watchCommand([place, extra]: readonly string[], { ticket }: OptionValues): DataCommand {
  if (extra !== undefined) throw new UsageError(`unexpected argument "${extra}": one screen at a time`);
  if (place === undefined) throw new UsageError(`missing SOCKET or 127.0.0.1:PORT: ${WATCH}`);
  // A path has a slash; the other end shows it whole.
  if (place.includes('/')) return { kind: 'watch', at: { path: place }, ticket };
  const at = loopbackAddress(place);
  if (at === undefined)
    throw new UsageError(`watch ${place}: a path of a socket, or a loopback address: forward the port with ssh -L`);
  return { kind: 'watch', at, ticket };
}

function tableCommand(
  rest: readonly string[],
  values: OptionValues,
  reachOf: (target: string | undefined) => Reach,
): DataCommand | FleetTableCommand {
  const isList = values.list ?? false;
  const table = isList ? undefined : rest.at(-1);
  if (!isList && !/^[\w-]+\.[\w-]+$/.test(table ?? ''))
    throw new UsageError(
      table === undefined
        ? 'missing PANE.SECTION: crashcart table host hardware.disks; crashcart table --list has all'
        : `"${table}": not PANE.SECTION, as hardware.disks; crashcart table --list has all`,
    );
  const [target, extra] = isList ? rest : rest.slice(0, -1);
  const named = isList ? rest : rest.slice(0, -1);
  const isSet = !isList && isFleet(named, values.from);
  if (!isSet) {
    refuseFleetOptions(values);
    if (values.differences) throw new UsageError('--differences is of several hosts: name them');
    if (extra !== undefined) throw new UsageError(`unexpected argument "${extra}": one host at a time`);
  }
  const [sort, order] = values.sort?.split(':') ?? [];
  if (order !== undefined && order !== 'asc' && order !== 'desc')
    throw new UsageError(`--sort: invalid order "${order}", expected asc or desc`);
  const common = {
    configFile: values.config,
    format: tableFormat(values.format),
    filter: filterOf(values.filter),
    sort,
    descending: order === undefined ? undefined : order === 'desc',
    columns: values.columns?.split(',').map((name) => name.trim()),
    redact: values.redact ?? false,
  };
  if (!isSet || table === undefined) return { kind: 'table', reach: reachOf(target), table, ...common };
  const members = membersIn(named, values, true);
  return { kind: 'fleet-table', reach: reachOf(undefined), members, table, onlyDifferent: values.differences ?? false, ...common }; // prettier-ignore
}

/** `report --format openmetrics`: figures and incidents once. Throws a UsageError. */
export function metricsCommand(values: OptionValues, reach: Reach): DataCommand {
  for (const name of ['for', 'full'] as const)
    if (values[name] !== undefined) throw new UsageError(`--${name} is not an option of --format openmetrics`);
  const { config, out, redact = false } = values;
  return { kind: 'metrics', reach, configFile: config, out, failOn: failOn(values['fail-on']), redact };
}

/** Address of this machine alone: the metrics have no login. Throws a UsageError. */
function listenAddress(text: string | undefined): ListenAddress {
  if (text === undefined) throw new UsageError(`missing --listen: ${EXPORT}`);
  const address = loopbackAddress(text);
  if (address === undefined)
    throw new UsageError(
      `--listen ${text}: only a loopback address, 127.0.0.1:PORT or [::1]:PORT; metrics have no login, forward the port with ssh -L`,
    );
  return address;
}

function loopbackAddress(text: string): ListenAddress | undefined {
  const [, six, four, port = ''] = /^(?:\[(::1)\]|(127\.[\d.]+)):(\d{1,5})$/.exec(text) ?? [];
  const host = six ?? (isIPv4(four ?? '') ? four : undefined);
  return host === undefined || Number(port) > 65_535 ? undefined : { host, port: Number(port) };
}

function tableFormat(text = 'text'): TableFormat {
  const format = TABLE_FORMATS.find((one) => one === text);
  if (format === undefined)
    throw new UsageError(`--format: invalid format "${text}", expected ${TABLE_FORMATS.join(', ')}`);
  return format;
}

function filterOf(text: string | undefined): ((text: string) => boolean) | undefined {
  if (text === undefined) return undefined;
  const { test, problem } = compileFilter(text);
  if (problem !== undefined) throw new UsageError(`--filter: invalid regular expression "${text}"`);
  return test;
}
