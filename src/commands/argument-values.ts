import type { SshOptions } from '../host/ssh/target.ts';
import { themeNames, type ThemeName } from '../theme-palettes.ts';
import { UsageError } from './usage-error.ts';

export function wholeNumber(flag: string, text: string): number {
  if (!/^\d{1,6}$/.test(text)) throw new UsageError(`${flag}: invalid number "${text}", expected a whole number`);
  return Number(text);
}

export function durationMs(flag: string, text: string): number {
  const [, number, unit = 's'] = /^(\d{1,6})([smh])?$/.exec(text) ?? [];
  const ms = Number(number) * (unit === 'h' ? 3_600_000 : unit === 'm' ? 60_000 : 1000);
  if (!(ms > 0)) throw new UsageError(`${flag}: invalid duration "${text}", expected 90s, 10m or 2h`);
  return ms;
}

export function percentage(flag: string, text: string): number {
  const value = Number(text.replace(/%$/, ''));
  if (!(value > 0 && value <= 100))
    throw new UsageError(`${flag}: invalid percentage "${text}", expected above 0 and up to 100`);
  return value;
}

export function notesFormat(text = 'md'): 'md' | 'html' | 'json' {
  if (text === 'md' || text === 'html' || text === 'json') return text;
  throw new UsageError(`--format: invalid format "${text}", expected md, html, json or openmetrics`);
}

export function failOn(text: string | undefined): 'crit' | 'warn' | undefined {
  if (text === undefined || text === 'crit' || text === 'warn') return text;
  throw new UsageError(`--fail-on: invalid severity "${text}", expected crit or warn`);
}

export function addressFamily(ipv4 = false, ipv6 = false): SshOptions['addressFamily'] {
  if (ipv4 && ipv6) throw new UsageError('-4 and -6 exclude each other');
  return ipv4 ? 'inet' : ipv6 ? 'inet6' : undefined;
}

export function themeNamed(text: string | undefined): ThemeName | undefined {
  const name = themeNames.find((known) => known === text);
  if (text === undefined || name !== undefined) return name;
  throw new UsageError(`--theme: unknown theme "${text}", expected ${themeNames.join(', ')}`);
}

export function backend(text: string | undefined): 'ssh2' | 'openssh' | 'auto' | undefined {
  if (text === undefined || text === 'ssh2' || text === 'openssh' || text === 'auto') return text;
  throw new UsageError(`--transport: invalid client "${text}", expected ssh2, openssh or auto`);
}

const STACKS_FORMATS = ['text', 'folded', 'pprof', 'speedscope', 'svg'] as const;
export type StacksFormat = (typeof STACKS_FORMATS)[number];

export function stacksFormat(text = 'text'): StacksFormat {
  const format = STACKS_FORMATS.find((one) => one === text);
  if (format !== undefined) return format;
  throw new UsageError(`--format: invalid format "${text}", expected ${STACKS_FORMATS.join(', ')}`);
}

/** Format of a core dump. Throws a UsageError. */
export function coreFormat(text = 'text'): 'text' | 'json' {
  if (text === 'text' || text === 'json') return text;
  throw new UsageError(`--format: invalid format "${text}", expected text, json`);
}

/** Format of a difference of stacks. Throws a UsageError. */
export function diffFormat(text = 'text'): 'text' | 'folded' {
  if (text === 'text' || text === 'folded') return text;
  throw new UsageError(`--format: invalid format "${text}", expected text or folded with --diff`);
}

/** Time without --for: text is of one reading, a profile of several. */
export const stacksMs = (format: StacksFormat): number | undefined => (format === 'text' ? undefined : 10_000);
