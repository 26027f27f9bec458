import { fromLxd, lxdReads } from './lxd-sockets.ts';
import { defineSource } from '../source.ts';

/** Is LXD there, and how fast does it answer? Its cheapest question: the list of its API versions. */
export const lxdPing = defineSource({
  id: 'lxd-ping',
  title: 'LXD daemon',
  why: 'Shows whether LXD answers, and how long it takes to.',
  everySeconds: 10,
  reads: lxdReads('GET /'),
  parse: (values) => ({ answered: new Set(fromLxd(values, () => true).keys()) }),
});
