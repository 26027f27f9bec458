import { cpuTracers } from './cpu.ts';
import { diskTracers } from './disk.ts';
import { guestTracers } from './guests.ts';
import { networkTracers } from './network.ts';
import { processTracers } from './processes.ts';
import type { Tracer } from './tracer.ts';

/** Tracers in the order of the list. */
export const tracers: readonly Tracer[] = [
  ...diskTracers,
  ...cpuTracers,
  ...networkTracers,
  ...processTracers,
  ...guestTracers,
];

export const tracerOf = (id: string): Tracer | undefined => tracers.find((one) => one.id === id);

/** Tracepoints that some program needs. */
export const tracepoints: readonly string[] = [
  ...new Set(
    tracers.flatMap(({ programs }) =>
      programs.flatMap(({ needs }) => needs.flatMap((need) => (need.kind === 'tracepoint' ? [need.event] : []))),
    ),
  ),
];
