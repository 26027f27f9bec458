import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type SshReach, sshReach } from '../../helpers/ssh-reach.ts';

let reach: SshReach;
beforeEach(() => {
  reach = sshReach();
});
afterEach(() => reach.end());

describe('a session', () => {
  it('gives up on a session that is never opened', { timeout: 15_000 }, async () => {
    const transport = await reach.connected(reach.resolved(await reach.serverWithKey({ stallOpen: true })));
    const at = performance.now();
    await expect(transport.exec('true')).rejects.toThrow('did not open another session within 10 s');
    expect(performance.now() - at).toBeLessThan(12_000);
  });
});
