/** A file that is no recording, that nothing can be read of, or that cannot be written: one sentence that names it. */
export class RecordingError extends Error {
  override readonly name = 'RecordingError';
}
