import type { AnyFinding } from './finding.ts';

/** Every rule. Add yours here. */
export const findings: readonly AnyFinding[] = [];
