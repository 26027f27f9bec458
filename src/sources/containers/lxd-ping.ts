import { fromLxd, lxdReads } from './lxd-sockets.ts';
import { defineSource } from '../source.ts';

/** Round trip of LXD's cheapest request, the list of its API versions. */
export const lxdPing = defineSource({
  id: 'lxd-ping',
  title: 'LXD daemon',
  why: 'Shows whether LXD responds, and how fast.',
  everySeconds: 10,
  reads: lxdReads('GET /'),
  parse: (values) => ({ answered: new Set(fromLxd(values, () => true).keys()) }),
});
