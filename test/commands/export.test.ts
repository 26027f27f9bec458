import { request } from 'node:http';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { parseCommand } from '../../src/commands/arguments.ts';
import { printMetrics } from '../../src/commands/export.ts';
import { metricsServer, urlOf } from '../../src/commands/metrics-server.ts';
import { loadConfig } from '../../src/config.ts';
import { hostArchive } from '../helpers/hosts.ts';
import { parseOpenMetrics } from '../helpers/parse-open-metrics.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'crashcart-export-'));
  vi.stubEnv('XDG_STATE_HOME', folder);
  vi.stubEnv('XDG_CONFIG_HOME', folder);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

/** Server on a free port, and a request to it. */
async function served(text: () => string) {
  const problems: string[] = [];
  const server = metricsServer(text, (why) => problems.push(why));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = new URL(urlOf(server));
  const ask = (path: string, method = 'GET', headers: Readonly<Record<string, string>> = {}) =>
    new Promise<{ readonly status: number | undefined; readonly type: string | undefined; readonly body: string }>((resolve, reject) => {
      const sent = request({ host: '127.0.0.1', port, path, method, headers }, (response) => {
        let body = '';
        response.setEncoding('utf8').on('data', (piece: string) => (body += piece)).on('end', () => resolve({ status: response.statusCode, type: response.headers['content-type'], body }));
      });
      sent.on('error', reject).end();
    }); // prettier-ignore
  return { ask, problems };
}

describe('metricsServer', () => {
  test('gives the text at its path alone, to requests by a loopback address alone', async () => {
    const { ask } = await served(() => '# EOF\n');
    expect(await ask('/metrics?x=1')).toEqual({ status: 200, type: 'application/openmetrics-text; version=1.0.0; charset=utf-8', body: '# EOF\n' }); // prettier-ignore
    expect((await ask('/metrics', 'GET', { host: 'localhost:9465' })).status).toBe(200);
    expect((await ask('/')).status).toBe(404);
    expect((await ask('/metrics', 'POST')).status).toBe(405);
    for (const host of ['evil.example', '127.0.0.1.evil.example', '10.0.0.1:9465'])
      expect(await ask('/metrics', 'GET', { host })).toMatchObject({
        status: 403,
        body: 'only by a loopback address\n',
      });
  });

  test('makes one text for requests of one second, and gives out no reason of one that fails', async () => {
    let made = 0;
    const { ask } = await served(() => `# ${++made}`);
    expect([await ask('/metrics'), await ask('/metrics')].map(({ body }) => body)).toEqual(['# 1', '# 1']);
    const failing = await served(() => {
      throw new Error('node-7 failed');
    });
    expect(await failing.ask('/metrics')).toMatchObject({ status: 500, body: expect.not.stringContaining('node-7') });
    expect(failing.problems).toEqual(['/metrics: node-7 failed']);
  });
});

test('report writes the metrics of a recorded host, with the exit code of its incidents', async () => {
  const out = join(folder, 'host.om');
  const command = parseCommand(['report', hostArchive('ceph-dead-osd'), '--format', 'openmetrics', '--out', out, '--fail-on', 'crit']); // prettier-ignore
  if (command.kind !== 'metrics') throw new Error(command.kind);
  expect(await printMetrics(command, await loadConfig(undefined), folder)).toBe(3);
  expect(parseOpenMetrics(readFileSync(out, 'utf8')).get('crashcart_incident')?.samples.length).toBeGreaterThan(0);
  await expect(printMetrics(command, await loadConfig(undefined), folder)).rejects.toThrow(
    'file exists, not overwritten',
  );
});

describe('parseCommand', () => {
  test.each([
    ['127.0.0.1:9465', { host: '127.0.0.1', port: 9465 }],
    ['[::1]:0', { host: '::1', port: 0 }],
  ])('takes --listen %s of export', (listen, address) => {
    expect(parseCommand(['export', 'me@host', '--listen', listen])).toMatchObject({
      kind: 'export',
      reach: { target: 'me@host' },
      listen: address,
      redact: false,
    });
  });

  test.each([
    [['export', 'host'], 'missing --listen: crashcart export host --listen 127.0.0.1:9465'],
    [['export', '--listen', '0.0.0.0:9465'], '--listen 0.0.0.0:9465: only a loopback address'],
    [['export', '--listen', '[::]:9465'], 'only a loopback address'],
    [['export', '--listen', 'node-7:9465'], 'only a loopback address'],
    [['export', '--listen', '127.0.0.999:9465'], 'only a loopback address'],
    [['export', '--listen', '127.0.0.1:65536'], 'only a loopback address'],
    [['export', 'a', 'b', '--listen', '127.0.0.1:1'], 'unexpected argument "b": one host at a time'],
    [['export', 'a', '--listen', '127.0.0.1:1', '--format', 'json'], '--format is not an option of export'],
    [['report', 'a', '--listen', '127.0.0.1:1'], '--listen is an option of export'],
    [['report', 'a', '--format', 'openmetrics', '--for', '10s'], '--for is not an option of --format openmetrics'],
    [['report', 'a', 'b', '--format', 'openmetrics'], 'text or json, not openmetrics'],
  ])('refuses %j with the reason', (args, reason) => {
    expect(() => parseCommand(args)).toThrow(reason);
  });
});
