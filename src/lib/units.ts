/** Short figures with their unit, and a dash for undefined. */
export const NONE = '—';

const scaled = (value: number, base: number, names: readonly string[]): string => {
  let size = value;
  let step = 0;
  while (size >= base * 0.9995 && step < names.length - 1) {
    size /= base;
    step++;
  }
  const digits = step === 0 ? (Number.isInteger(size) ? 0 : 1) : size < 9.95 ? 1 : 0;
  return `${size.toFixed(digits)}${names[step] ?? ''}`;
};

/** 1536 → `1.5K`: binary steps, as `free -h` and `top` write memory. */
export const bytes = (value: number | undefined): string =>
  value === undefined ? NONE : scaled(value, 1024, ['B', 'K', 'M', 'G', 'T', 'P']);

/** 33554432 → `32 MiB`: for sentences, where a limit is read aloud or copied. */
export const binaryBytes = (value: number | undefined): string =>
  value === undefined ? NONE : scaled(value, 1024, [' B', ' KiB', ' MiB', ' GiB', ' TiB', ' PiB']);

export const kib = (value: number | undefined): string => (value === undefined ? NONE : bytes(value * 1024));

export const binaryKib = (value: number | undefined): string =>
  value === undefined ? NONE : binaryBytes(value * 1024);

/** 1500 → `1.5k`: decimal steps, for counts and rates. */
export const count = (value: number | undefined): string =>
  value === undefined ? NONE : scaled(value, 1000, ['', 'k', 'M', 'G', 'T']);

/** `12.3%`, `100%`; one digit after the point below 10. */
export const percent = (value: number | undefined): string =>
  value === undefined ? NONE : `${value < 9.95 ? value.toFixed(1) : value.toFixed(0)}%`;

export const ms = (value: number | undefined): string =>
  value === undefined
    ? NONE
    : value >= 10_000
      ? `${(value / 1000).toFixed(0)}s`
      : value >= 1000
        ? `${(value / 1000).toFixed(1)}s`
        : value < 9.95
          ? `${value.toFixed(1)}ms`
          : `${value.toFixed(0)}ms`;

/** 9 → `9 s`, 192 → `3m12s`, 7265 → `2h01m`: for sentences. */
export function span(seconds: number | undefined): string {
  if (seconds === undefined) return NONE;
  if (seconds < 60) return `${Math.floor(seconds)} s`;
  const short = duration(seconds);
  return /m\d\d$/.test(short) ? `${short}s` : /h\d\d$/.test(short) ? `${short}m` : short;
}

/** 1, `OOM kill` → `1 OOM kill`; 2 → `2 OOM kills`. */
export const plural = (number: number, noun: string): string => `${count(number)} ${noun}${number === 1 ? '' : 's'}`;

/** 3 → `3s`, 90 → `1m30`, 7265 → `2h01`, 3542400 → `41d`. */
export function duration(seconds: number | undefined): string {
  if (seconds === undefined) return NONE;
  const whole = Math.floor(seconds);
  const two = (value: number) => String(value).padStart(2, '0');
  if (whole < 60) return `${whole}s`;
  if (whole < 3600) return `${Math.floor(whole / 60)}m${two(whole % 60)}`;
  if (whole < 86_400) return `${Math.floor(whole / 3600)}h${two(Math.floor((whole % 3600) / 60))}`;
  if (whole < 10 * 86_400) return `${Math.floor(whole / 86_400)}d${two(Math.floor((whole % 86_400) / 3600))}h`;
  return `${Math.floor(whole / 86_400)}d`;
}
