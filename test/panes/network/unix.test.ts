import { expect, test } from 'vitest';
import { unixRows, unixSection } from '../../../src/panes/network/unix.ts';
import { unixListeners } from '../../../src/sources/network/queues.ts';
import { socketPeers } from '../../../src/sources/processes/socket-peers.ts';
import { nothingWords } from '../../../src/timeline/reading-state.ts';

const OWNER = 'users:(("dockerd",pid=968,fd=4))';
const LISTENING = `u_str LISTEN 0 4096 /run/docker.sock 10 * 0 ${OWNER}`;
const ACCEPTED = `u_str ESTAB 0 0 /run/docker.sock 12 * 11 ${OWNER}`;
const CLIENT = 'u_str ESTAB 0 0 * 11 * 12 ';

function sectionOf(...sockets: readonly string[]) {
  const listener = { name: '/run/docker.sock', inode: 10, waiting: 0, backlog: 4096, uid: 0 };
  const all = unixListeners.parse({ listeners: JSON.stringify({ all: 9000, objects: [listener] }) });
  const rows = unixRows(all, socketPeers.parse({ sockets: sockets.join('\n') }));
  return unixSection(rows, all?.all, { state: 'read' }, nothingWords('none', { state: 'read' }));
}

/** Rows and text of the page of the first socket. */
function clientsOf(...sockets: readonly string[]) {
  const { rows, detail } = sectionOf(...sockets);
  const [page] = rows[0] ? (detail?.(rows[0])?.sections({}, {}) ?? []) : [];
  return page?.kind === 'table' ? { rows: page.rows, note: page.note, empty: page.empty } : undefined;
}

test('unixSection has the owner of a socket and the number of all', () => {
  const { rows, note } = sectionOf(LISTENING, ACCEPTED, `${CLIENT}users:(("kubelet",pid=2395,fd=9))`);
  expect(rows[0]?.use).toMatchObject({ owner: { command: 'dockerd', pid: 968 }, connections: 1 });
  expect(note).toBe('1 of 9.0k');
});

test('unixSection opens the clients of a socket', () => {
  expect(clientsOf(LISTENING, ACCEPTED, `${CLIENT}users:(("kubelet",pid=2395,fd=9))`)).toMatchObject({
    rows: [{ pid: 2395, command: 'kubelet', connections: 1 }],
    note: '1 of 1 connections',
  });
});

test('unixSection states clients that only root sees, and opens nothing of a socket that ss did not list yet', () => {
  expect(clientsOf(LISTENING, ACCEPTED, CLIENT)).toMatchObject({ rows: [], empty: 'not readable: needs root' });
  expect(clientsOf(LISTENING)).toMatchObject({ rows: [], empty: 'none' });
  expect(clientsOf()).toBeUndefined();
});
