import type { Session } from '../collect/session.ts';
import { sanitizeLines } from '../lib/plain.ts';
import { maskSecrets } from '../lib/secrets.ts';
import { RedactionError } from '../redact/redaction-error.ts';
import type { ScreenRedaction } from '../redact/screen-redaction.ts';
import { sources } from '../subsystems/index.ts';

const declaring = sources.filter(({ identifiers }) => identifiers !== undefined);

/** Learns the names of a session; what is drawn from then on has pseudonyms. */
export function learnSession(redaction: ScreenRedaction | undefined, { host, timeline }: Session): void {
  redaction?.learnTarget(host.name);
  redaction?.learnFrom(timeline, declaring);
}

/**
 * Last gate of a text for another program: pseudonyms for known names and for identifiers by their form, where redaction is on; secrets
 * masked and hidden characters replaced in any case. Throws a RedactionError where a name is left.
 */
export function gated(text: string, redaction: ScreenRedaction | undefined): string {
  if (!redaction) return sanitizeLines(maskSecrets(text));
  const { redactor } = redaction;
  const out = sanitizeLines(redactor.shown(text));
  const left = redactor.leftInLine(out);
  if (left.length > 0) throw new RedactionError(`${left.length} identifiers left after redaction, not given out`);
  return out;
}
