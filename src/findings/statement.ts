import { label, plain } from '../lib/plain.ts';
import type { Found } from './finding.ts';

/** A finding on one line where its object has no column: `<object>: <sentence>`, unless the sentence names it already. */
export const statement = ({ subject, sentence }: Pick<Found, 'subject' | 'sentence'>): string =>
  sentence.toLowerCase().includes(subject.toLowerCase()) ? sentence : `${subject}: ${sentence}`;

/** `statement` as drawn, object and condition redacted each by itself: a name that is a common word counts as a name in the object only. */
export const shownStatement = ({
  subject,
  subjectVocabulary,
  sentence,
}: Pick<Found, 'subject' | 'sentence'> & { readonly subjectVocabulary?: 'fixed' | undefined }): string =>
  statement({ subject: subjectVocabulary === 'fixed' ? label(subject) : plain(subject), sentence: label(sentence) });
