import type { AnySource } from './source.ts';

/** Factor of the period of a source of low value that is not on the screen. */
const HIDDEN_FACTOR = 5;

/** Period of a source that is neither needed nor stretched; Infinity for one that is read once. */
export const restPeriodSeconds = ({ everySeconds, value }: Pick<AnySource, 'everySeconds' | 'value'>): number =>
  everySeconds === 'once' ? Infinity : everySeconds * (value === 'low' ? HIDDEN_FACTOR : 1);
