import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type SshReach, sshReach } from '../../helpers/ssh-reach.ts';

let reach: SshReach;
beforeEach(() => {
  reach = sshReach();
});
afterEach(() => reach.end());

describe('a session', () => {
  it('gives up on a session that is never opened, but not soon: a host in trouble takes its time', async () => {
    const transport = await reach.connected(reach.resolved(await reach.serverWithKey({ stallOpen: true })));
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      let said = '';
      const opening = transport.exec('true').catch((error: unknown) => (said = String(error)));
      await vi.advanceTimersByTimeAsync(59_000);
      expect(said).toBe('');
      await vi.advanceTimersByTimeAsync(1000);
      await opening;
      expect(said).toContain('did not open another session within 60 s');
    } finally {
      vi.useRealTimers();
    }
  });
});
