import type { Found } from './finding.ts';

/** A finding on one line where its object has no column: `<object>: <sentence>`, unless the sentence names it already. */
export const statement = ({ subject, sentence }: Pick<Found, 'subject' | 'sentence'>): string =>
  sentence.toLowerCase().includes(subject.toLowerCase()) ? sentence : `${subject}: ${sentence}`;
