import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import {
  debuginfodUrls,
  localPlaces,
  symbols,
  symbolsConnection,
} from '../../../../src/host/protocols/symbols/symbols.ts';

const HAVE = 'aa'.repeat(20);
const LACK = 'bb'.repeat(20);
const FAIL = 'cc'.repeat(20);
const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** Server of debuginfod with one build-id, and its address. */
async function server(): Promise<{ readonly url: string; readonly asked: string[] }> {
  const asked: string[] = [];
  const http = createServer((request, response) => {
    asked.push(request.url ?? '');
    response.writeHead(request.url?.includes(HAVE) ? 200 : request.url?.includes(FAIL) ? 503 : 404);
    // A body that does not end: only the head is waited for.
    if (request.url?.includes(HAVE)) response.write('x'.repeat(1000));
    else response.end();
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  closing.push(() => {
    http.closeAllConnections();
    http.close();
  });
  return { url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`, asked };
}

test('symbols asks each server in turn for the head of a file', async () => {
  const { url, asked } = await server();
  const env = { DEBUGINFOD_URLS: `ima:enforcing http://127.0.0.1:1 ${url}/` };
  const reply: unknown = JSON.parse(
    await symbolsConnection(env, fetch).request(`debuginfod ${HAVE} ${LACK} ${FAIL}`, 5000),
  );
  expect(reply).toMatchObject({
    servers: ['http://127.0.0.1:1', `${url}/`],
    found: { [HAVE]: `${url}/buildid/${HAVE}/debuginfo` },
    failed: { [`${url}/`]: 'HTTP 503' },
  });
  expect(reply).toHaveProperty(['failed', 'http://127.0.0.1:1']);
  expect(asked).toHaveLength(3);
});

test('symbols asks no server without DEBUGINFOD_URLS', async () => {
  await expect(symbolsConnection({}, fetch).request(`debuginfod ${HAVE}`, 5000)).rejects.toMatchObject({
    why: 'absent',
  });
  expect(debuginfodUrls({ DEBUGINFOD_URLS: 'file:///etc ftp://x' })).toEqual([]);
});

test('symbols has files of the cache of this machine, not those that mark a miss', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'crashcart-test-'));
  closing.push(() => rmSync(folder, { recursive: true }));
  for (const [id, text] of [
    [HAVE, 'ELF'],
    [LACK, ''],
  ] as const) {
    // prettier-ignore
    mkdirSync(join(folder, id));
    writeFileSync(join(folder, id, 'debuginfo'), text);
  }
  const reply = await symbolsConnection({ DEBUGINFOD_CACHE_PATH: folder }, fetch).request(
    `local ${HAVE} ${LACK}`,
    5000,
  );
  expect(JSON.parse(reply)).toEqual({ [HAVE]: join(folder, HAVE, 'debuginfo') });
  expect(localPlaces(HAVE, { XDG_CACHE_HOME: '/c' }, '/h')).toContain(`/c/debuginfod_client/${HAVE}/debuginfo`);
});

test('symbols refuses texts that are not build-ids', () => {
  expect(symbols.refusal('workstation:symbols', `local ${HAVE}`)).toBeUndefined();
  for (const request of ['local', 'local ../../etc', `delete ${HAVE}`, `local ${HAVE}  ${HAVE}`, `local ${`${HAVE} `.repeat(300).trim()}`])
    expect(symbols.refusal('workstation:symbols', request)).toContain('no symbols'); // prettier-ignore
  expect(symbols.refusal('/run/x', `local ${HAVE}`)).toContain('no symbols');
});
