/** Invalid command line, described in one sentence that quotes the argument. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
