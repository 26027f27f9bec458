import type { DialectName } from '../host.ts';
import type { Dialect } from './dialect.ts';

/** Every protocol that daemons are spoken to in. */
export const dialects: readonly Dialect[] = [];

export const dialectOf = (name: DialectName): Dialect | undefined => dialects.find((one) => one.name === name);
