import type { AnySource } from './source.ts';
import { loadavg } from './loadavg.ts';

/** Every source that is read on a schedule. Add yours here. */
export const sources: readonly AnySource[] = [loadavg];
