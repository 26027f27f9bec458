import { caseRows } from './case-rows.ts';
import type { FeatureRow } from './feature.ts';
import { hostRows } from './host-rows.ts';
import { stackRows } from './stack-rows.ts';

/** The field's table: what engineers look at, and what some tool for it has. */
export const featureRows: readonly FeatureRow[] = [...hostRows, ...stackRows, ...caseRows];
