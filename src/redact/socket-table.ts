import type { Read } from '../host/host.ts';

/** True for a table of sockets of the kernel, with addresses as words of memory in hex: proc_net(5). */
export const isSocketTable = (read: Read | undefined): boolean =>
  read?.kind === 'file' && /^\/proc\/(?:\d+\/)?net\/(?:tcp|udp|udplite|raw)6?$/.test(read.path);

/** Table with each address replaced by what `map` makes of its text. */
export const mapAddresses = (table: string, map: (address: string) => string): string =>
  table.replaceAll(/\b(?:[0-9A-F]{32}|[0-9A-F]{8})(?=:[0-9A-F]{4}\b)/g, (hex) => {
    const bytes = swapped(hex).toLowerCase();
    const address = bytes.length === 8 ? quadOf(bytes) : longOf(bytes);
    const mapped = map(address);
    return mapped === address ? hex : swapped(hexOf(mapped)).toUpperCase();
  });

/** Words of four bytes the other way round: those of a little-endian machine, as all of amd64, arm64 and ppc64el are. */
const swapped = (hex: string): string => hex.replaceAll(/(..)(..)(..)(..)/g, '$4$3$2$1');

const MAPPED = '00000000000000000000ffff';

const quadOf = (hex: string): string => (hex.match(/../g) ?? []).map((byte) => Number.parseInt(byte, 16)).join('.');

function longOf(hex: string): string {
  if (hex.startsWith(MAPPED)) return `::ffff:${quadOf(hex.slice(MAPPED.length))}`;
  if (/^0+[01]$/.test(hex)) return hex.endsWith('1') ? '::1' : '::';
  return (hex.match(/.{4}/g) ?? []).join(':');
}

/** Digits of an IPv4 address, of a mapped one, or of an IPv6 address with or without `::`. */
function hexOf(address: string): string {
  const quad = /(?:^|:)(\d+(?:\.\d+){3})$/.exec(address)?.[1];
  if (quad !== undefined) {
    const digits = quad.split('.').map((byte) => Number(byte).toString(16).padStart(2, '0'));
    return (address === quad ? '' : MAPPED) + digits.join('');
  }
  const [before = '', after = ''] = address.split('::').map((part) =>
    part
      .split(':')
      .map((group) => (group === '' ? '' : group.padStart(4, '0')))
      .join(''),
  );
  return before.padEnd(32 - after.length, '0') + after;
}
