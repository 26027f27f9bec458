const QUOTE = 34;
const BACKSLASH = 92;
const OPEN = 123;
const CLOSE = 125;

/** Limit of a reply, above any expected one. */
const MAX_BYTES = 64 * 1024 * 1024;

/**
 * JsonObjects splits a stream of concatenated JSON objects, as OVSDB (RFC 7047, 4) and unixctl send them, by counting
 * braces outside of strings. Throws on any other text.
 */
export class JsonObjects {
  #parts: Uint8Array[] = [];
  #bytes = 0;
  #depth = 0;
  #inString = false;
  #escaped = false;

  /** Whether an object is incomplete. */
  get within(): boolean {
    return this.#depth > 0;
  }

  /** Texts of the objects that these bytes complete. */
  push(chunk: Uint8Array): string[] {
    const complete: string[] = [];
    let from = 0;
    let at = 0;
    while (at < chunk.length) {
      if (this.#inString) {
        at = this.#throughString(chunk, at);
        continue;
      }
      const byte = chunk[at++];
      if (byte === OPEN) this.#depth++;
      else if (this.#depth === 0) {
        if (byte !== undefined && byte > 32) throw new Error('not a JSON object');
        from = at;
      } else if (byte === QUOTE) this.#inString = true;
      else if (byte === CLOSE && --this.#depth === 0) {
        this.#keep(chunk.subarray(from, at));
        complete.push(Buffer.concat(this.#parts).toString('utf8'));
        this.#parts = [];
        this.#bytes = 0;
        from = at;
      }
    }
    if (this.#depth > 0) this.#keep(chunk.subarray(from));
    return complete;
  }

  /** Skips to the end of the string or of the bytes; most of a flow dump is one string. */
  #throughString(chunk: Uint8Array, start: number): number {
    let at = start;
    if (this.#escaped) {
      this.#escaped = false;
      at++;
    }
    for (;;) {
      const quote = chunk.indexOf(QUOTE, at);
      const end = quote < 0 ? chunk.length : quote;
      let slashes = 0;
      while (end - 1 - slashes >= at && chunk[end - 1 - slashes] === BACKSLASH) slashes++;
      const escapes = slashes % 2 === 1;
      if (quote < 0) {
        this.#escaped = escapes;
        return end;
      }
      at = quote + 1;
      if (!escapes) {
        this.#inString = false;
        return at;
      }
    }
  }

  #keep(part: Uint8Array): void {
    this.#bytes += part.length;
    if (this.#bytes > MAX_BYTES) throw new Error(`reply exceeds ${MAX_BYTES / 1024 / 1024} MiB`);
    if (part.length > 0) this.#parts.push(part);
  }
}
