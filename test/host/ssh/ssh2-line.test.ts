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

describe('the line', () => {
  const through = async (): Promise<{ transport: Transport; proxy: StallProxy; one: SshServer }> => {
    const one = await reach.serverWithKey();
    const proxy = reach.keep(await stallProxy(one.port));
    const to = reach.resolved(one);
    writeFileSync(join(reach.folder, 'known_hosts'), `[127.0.0.1]:${proxy.port} ${one.hostKeys[0]}\n`);
    return { transport: await reach.connected({ ...to, port: proxy.port }), proxy, one };
  };
  it('says silent, then heard again, then lost with every pipe ended', { timeout: 40_000 }, async () => {
    const { transport, proxy } = await through();
    const said: (number | undefined)[] = [];
    transport.onSilence((quietMs) => said.push(quietMs));
    const pipe = await transport.exec('cat');
    transport.setVigilant(true);
    const at = Date.now();
    proxy.stall();
    await expect.poll(() => said.length, { timeout: 8000 }).toBe(1);
    expect(Date.now() - at).toBeLessThan(5000);
    expect(said[0]).toBeGreaterThan(3000);
    expect(said[0]).toBeLessThan(5000);
    proxy.resume();
    await expect.poll(() => said.length, { timeout: 4000 }).toBe(2);
    expect(said[1]).toBeUndefined();
    const again = Date.now();
    proxy.stall();
    expect(await lost(transport)).toMatch(/nothing was heard for \d+ s/);
    expect(Date.now() - again).toBeLessThan(10_000);
    expect(await pipe.exited).toBeUndefined();
    expect(await text(pipe.stdout)).toBe('');
    await expect(transport.exec('true')).rejects.toThrow(/connection is gone/);
  });

  it('notices a reset at once', async () => {
    const { transport, proxy } = await through();
    const pipe = await transport.exec('cat');
    const at = Date.now();
    proxy.reset();
    await lost(transport);
    expect(Date.now() - at).toBeLessThan(1000);
    expect(await pipe.exited).toBeUndefined();
  });

  it('tells who comes late that the line is gone', async () => {
    const { transport } = await through();
    await transport.close();
    expect(await lost(transport)).toBe('closed');
  });
});
