/** Header of a frame: stream (0 to 2), three zeros, length in network order. https://docs.docker.com/reference/api/engine/version/v1.43/#tag/Container/operation/ContainerAttach */
const HEADER_BYTES = 8;

/** Whether a body consists of Docker's frames; that of a container with a terminal does not, and older daemons give both one type. */
export const isDockerStream = (type: string | undefined, body: Buffer): boolean =>
  type !== undefined &&
  /^application\/vnd\.docker\.(?:multiplexed|raw)-stream/.test(type) &&
  body.length >= HEADER_BYTES &&
  body.readUInt8(0) <= 2 &&
  body.readUIntBE(1, 3) === 0;

/** Text of frames: each entry begins with `O ` (stdout) or `E ` (stderr). A frame that is cut off ends the text. */
export function dockerStreamText(body: Buffer): string {
  const parts: string[] = [];
  for (let at = 0; at + HEADER_BYTES <= body.length;) {
    const length = body.readUInt32BE(at + 4);
    const payload = body.subarray(at + HEADER_BYTES, at + HEADER_BYTES + length);
    parts.push(`${body.readUInt8(at) === 2 ? 'E' : 'O'} ${payload.toString('utf8').trimEnd()}\n`);
    at += HEADER_BYTES + length;
  }
  return parts.join('');
}
