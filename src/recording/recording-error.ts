/** File that is not a recording, is not readable or cannot be written; the message names it. */
export class RecordingError extends Error {
  override readonly name = 'RecordingError';
}
