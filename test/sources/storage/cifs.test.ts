import { expect, test } from 'vitest';
import { seen } from '../../helpers/seen.ts';
import { cifs } from '../../../src/sources/storage/cifs.ts';
import { cifsShareRates } from '../../../src/entities/storage/cifs-rates.ts';

/** As of kernels 6.x: two servers, the first with a second channel. */
const DEBUG = String.raw`Display Internal CIFS Data Structures for Debugging
---------------------------------------------------
CIFS Version 2.46
Features: DFS,FSCACHE,STATS,DEBUG,ALLOW_INSECURE_LEGACY,CIFS_POSIX,UPCALL(SPNEGO),XATTR,ACL,WITNESS
CIFSMaxBufSize: 16384
Active VFS Requests: 0

Servers:
1) ConnectionId: 0x4 Hostname: CVXDFAVB1
ClientGUID: 452039EB-B195-9747-BF07-6AB9AF7E7D3C
Number of credits: 389,1,1 Dialect 0x311 signed
Server capabilities: 0x30006f
TCP status: 1 Instance: 22
Local Users To Server: 1 SecMode: 0x3 Req On Wire: 2 Net namespace: 4026531833
In Send: 0 In MaxReq Wait: 1

	Sessions:
	1) Address: 10.0.96.196 Uses: 1 Capability: 0x300067	Session Status: 1
	Security type: RawNTLMSSP  SessionId: 0x2d86cec00089d
	User: 1339601402 Cred User: 0

	Extra Channels: 1
		Channel: 2 ConnectionId: 0x9
		Number of credits: 12 Dialect 0x302
		TCP status: 3 Instance: 99

	Shares:
	0) IPC: \\CVXDFAVB1\IPC$ Mounts: 1 DevInfo: 0x0 Attributes: 0x0

	1) \\CVXDFAVB1\name1 Mounts: 1 DevInfo: 0x60120 Attributes: 0xc500ff
2) ConnectionId: 0x5
Number of credits: 1 Dialect 0x210
TCP status: 4 Instance: 3
Local Users To Server: 1 SecMode: 0x1 Req On Wire: 0
In Send: 0 In MaxReq Wait: 0

	Sessions:
	1) Name: 10.229.158.38 Uses: 1 Capability: 0x300077 Session Status: 1
`;

const STATS = String.raw`Resources in use
CIFS Session: 1
Share (unique mount targets): 2
Operations (MIDs): 0

3 session 4 share reconnects
Total vfs operations: 36 maximum at one time: 2

Max requests in flight: 3
1) \\localhost\test
SMBs: 67
Bytes read: 90177536  Bytes written: 2
Open files: 0 total (local), 0 open on server
Creates: 12 total 2 failed
Closes: 13 total 1 failed
2) \\nas\old	DISCONNECTED 
SMBs: 9 Oplocks breaks: 0
Reads:  7 Bytes: 4096
Writes: 1 Bytes: 512
`;

test('cifs parses servers without their extra channels, and shares of both forms', () => {
  const sample = cifs.parse({ debug: DEBUG, stats: STATS });
  expect(sample?.servers).toEqual([
    { connection: '0x4', name: 'CVXDFAVB1', address: '10.0.96.196', dialect: '0x311', state: 'good', instance: 22, credits: 389, inFlight: 2, waiting: 1 },
    { connection: '0x5', name: '10.229.158.38', address: '10.229.158.38', dialect: '0x210', state: 'need negotiate', instance: 3, credits: 1, inFlight: 0, waiting: 0 },
  ]);
  expect(sample).toMatchObject({ sessionReconnects: 3, shareReconnects: 4 });
  expect(sample?.shares).toEqual([
    { name: String.raw`\\localhost\test`, isDisconnected: false, requests: 67, readBytes: 90_177_536, writtenBytes: 2, failed: 3 },
    { name: String.raw`\\nas\old`, isDisconnected: true, requests: 9, readBytes: 4096, writtenBytes: 512, failed: 0 },
  ]);
  expect(cifs.identifiers?.(sample)).toContainEqual({ kind: 'host', value: 'nas' });
}); // prettier-ignore

test('cifs reads nothing where the module is not loaded, and nothing into garbage', () => {
  expect(cifs.parse({ debug: undefined, stats: undefined })).toBeUndefined();
  expect(cifs.parse({ debug: '1) ConnectionId: \nTCP status: 77 Instance: -1\n', stats: '1) x\nSMBs: 5\n' })).toEqual({
    servers: [{ connection: '1', name: '1', address: undefined, dialect: undefined, state: undefined, instance: undefined, credits: undefined, inFlight: undefined, waiting: undefined }],
    sessionReconnects: undefined,
    shareReconnects: undefined,
    shares: [],
  });
}); // prettier-ignore

test('cifs keeps 512 servers of a list without end', () => {
  const debug = Array.from(
    { length: 3000 },
    (_, i) => `${i + 1}) ConnectionId: 0x${i.toString(16)} Hostname: nas${i}\n`,
  );
  expect(cifs.parse({ debug: debug.join(''), stats: undefined })?.servers).toHaveLength(512);
});

test('cifsShareRates has no rate of a share that took the place of another, nor of reset counters', () => {
  const share = (name: string, requests: number) => ({ name, isDisconnected: false, requests, readBytes: 10, writtenBytes: 0, failed: 0 });
  const client = (...shares: readonly ReturnType<typeof share>[]) => ({ servers: [], sessionReconnects: 0, shareReconnects: 0, shares });
  const rate = (before: ReturnType<typeof client>, now: ReturnType<typeof client>) => cifsShareRates(seen(before, now, 10))[0]?.requestsPerSec;
  expect(rate(client(share('a', 10)), client(share('a', 60)))).toBe(5);
  expect(rate(client(share('a', 10)), client(share('b', 60)))).toBeUndefined();
  expect(rate(client(share('a', 60)), client(share('a', 10)))).toBeUndefined();
}); // prettier-ignore
