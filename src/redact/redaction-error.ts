/** Text of which an identifier was left after redaction; it is not given out. */
export class RedactionError extends Error {
  override readonly name = 'RedactionError';
}
