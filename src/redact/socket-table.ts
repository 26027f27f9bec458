import type { Read } from '../host/host.ts';

/** True for a table of sockets of the kernel, with addresses as words of memory in hex: proc_net(5). */
export const isSocketTable = (read: Read | undefined): boolean =>
  read?.kind === 'file' && /^\/proc\/(?:\d+\/)?net\/(?:tcp|udp|udplite|raw)6?$/.test(read.path);

/** Table with each address replaced by what `map` makes of its text. */
export const mapAddresses = (table: string, map: (address: string) => string): string =>
  table.replaceAll(/\b(?:[0-9A-F]{32}|[0-9A-F]{8})(?=:[0-9A-F]{4}\b)/g, (hex) => {
    const bytes = swapped(Buffer.from(hex, 'hex'));
    const address = bytes.length === 4 ? quadOf(bytes) : longOf(bytes);
    const mapped = map(address);
    return mapped === address ? hex : swapped(bytesOf(mapped)).toString('hex').toUpperCase();
  });

/** Words of a little-endian machine, as all of amd64, arm64 and ppc64el are. */
const swapped = (bytes: Buffer): Buffer => Buffer.from(bytes).swap32();

const quadOf = (bytes: Buffer): string => [...bytes].join('.');
const MAPPED = '::ffff:';

function longOf(bytes: Buffer): string {
  if (bytes.subarray(0, 12).toString('hex') === '00000000000000000000ffff') return MAPPED + quadOf(bytes.subarray(12));
  if (bytes.every((byte, index) => byte === (index === 15 ? 1 : 0))) return '::1';
  if (bytes.every((byte) => byte === 0)) return '::';
  return (bytes.toString('hex').match(/.{4}/g) ?? []).join(':');
}

/** Bytes of an IPv4 address, of a mapped one, or of an IPv6 address with or without `::`. */
function bytesOf(address: string): Buffer {
  const quad = /(?:^|:)(\d+(?:\.\d+){3})$/.exec(address)?.[1];
  if (quad !== undefined) {
    const four = Buffer.from(quad.split('.').map(Number));
    return address === quad ? four : Buffer.concat([Buffer.from('00000000000000000000ffff', 'hex'), four]);
  }
  const [head = '', tail] = address.split('::');
  const groups = (part: string) =>
    part
      .split(':')
      .filter((group) => group !== '')
      .map((group) => group.padStart(4, '0'));
  const [before, after] = [groups(head), groups(tail ?? '')];
  const between = Array.from({ length: 8 - before.length - after.length }, () => '0000');
  return Buffer.from([...before, ...between, ...after].join(''), 'hex');
}
