import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Transport } from '../../../src/host/transport.ts';
import { type SshReach, lost, sshReach } from '../../helpers/ssh-reach.ts';
import type { SshServer } from '../../helpers/ssh-server.ts';
import { type StallProxy, stallProxy } from '../../helpers/stall-proxy.ts';

let reach: SshReach;
beforeEach(() => {
  reach = sshReach();
});
afterEach(() => reach.end());

describe('a connection', () => {
  const through = async (): Promise<{ transport: Transport; proxy: StallProxy; one: SshServer }> => {
    const one = await reach.serverWithKey();
    const proxy = reach.keep(await stallProxy(one.port));
    const to = reach.resolved(one);
    writeFileSync(join(reach.folder, 'known_hosts'), `[127.0.0.1]:${proxy.port} ${one.hostKeys[0]}\n`);
    return { transport: await reach.connected({ ...to, port: proxy.port }), proxy, one };
  };
  it(
    'reports silence, data again, then a loss with every pipe ended when the line stalls',
    { timeout: 40_000 },
    async () => {
      const { transport, proxy } = await through();
      const silences: (number | undefined)[] = [];
      transport.onSilence((quietMs) => silences.push(quietMs));
      const pipe = await transport.exec('cat');
      transport.setVigilant(true);
      const at = Date.now();
      proxy.stall();
      await expect.poll(() => silences.length, { timeout: 8000 }).toBe(1);
      expect(Date.now() - at).toBeLessThan(5000);
      expect(silences[0]).toBeGreaterThan(3000);
      expect(silences[0]).toBeLessThan(5000);
      proxy.resume();
      await expect.poll(() => silences.length, { timeout: 4000 }).toBe(2);
      expect(silences[1]).toBeUndefined();
      const again = Date.now();
      proxy.stall();
      expect(await lost(transport)).toMatch(/server not responding for \d+ s/);
      expect(Date.now() - again).toBeLessThan(10_000);
      expect(await pipe.exited).toBeUndefined();
      expect(await text(pipe.stdout)).toBe('');
      await expect(transport.exec('true')).rejects.toThrow(/^Connection closed: Timeout/);
    },
  );

  it('is lost at once when it is reset', async () => {
    const { transport, proxy } = await through();
    const pipe = await transport.exec('cat');
    const at = Date.now();
    proxy.reset();
    await lost(transport);
    expect(Date.now() - at).toBeLessThan(1000);
    expect(await pipe.exited).toBeUndefined();
  });

  it('calls a late listener when it is already lost', async () => {
    const { transport } = await through();
    await transport.close();
    expect(await lost(transport)).toBe('closed');
  });
});
