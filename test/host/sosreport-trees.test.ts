import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { reportText } from '../../src/commands/report.ts';
import { openRecording } from '../../src/recording/open-recording.ts';
import { ReplaySession } from '../../src/recording/replay-session.ts';
import { findings, sources } from '../../src/subsystems/index.ts';

/** Checkout of https://github.com/canonical/hotsos, whose unit tests have whole sosreports: nothing of it is in this repository. */
const CHECKOUT = process.env['CRASHCART_HOTSOS'];
const ROOT = join(CHECKOUT ?? '', 'tests/unit/fake_data_root');
const WHY = CHECKOUT === undefined ? 'CRASHCART_HOTSOS is not set to a checkout of hotsos' : `${ROOT} does not exist`;
const isThere = CHECKOUT !== undefined && existsSync(ROOT);
if (!isThere) console.info(`skipped: ${WHY}`);

/** What each tree must show, by the kind of host that it is of. */
const TREES: Readonly<Record<string, readonly RegExp[]>> = {
  openstack: [
    /^OVS\n/m,
    /br-int +system/,
    /instance-00000001 +running/,
    /LXD snap +4\.22 +7/,
    /since boot/,
    /^CEPH\n/m,
  ],
  kubernetes: [/^KUBERNETES\n/m, /Pods of the cluster/],
  rabbitmq: [/^PROCESSES\n/m],
  sunbeam: [/^KUBERNETES\n/m, /^OVS\n/m, /openstack +nova-0/, /LXD snap +5\.21\.3/],
  vault: [/^PROCESSES\n/m],
  'storage/ceph-mon': [/AUTH_INSECURE_GLOBAL_ID_RECLAIM_ALLOWED/, /osds +3 up, 3 in/, /9 on 15\.2\.14/],
};

describe.skipIf(!isThere)(`sosreports of hotsos${isThere ? '' : `: ${WHY}`}`, () => {
  test.each(Object.entries(TREES))(
    '%s is shown',
    async (tree, shown) => {
      const recording = await openRecording(join(ROOT, tree), sources);
      const session = await ReplaySession.open({ recording, sources, findings, clock: () => 0, fromMs: Infinity });
      try {
        const text = reportText(session, { ascii: false, nowMs: session.player.positionMs() });
        for (const form of shown) expect(text).toMatch(form);
        expect(text).not.toMatch(/\bNaN\b|\bundefined\b|check failed:|denied:/);
        expect(session.findings().filter(({ sentence }) => /not in this/.test(sentence))).toEqual([]);
      } finally {
        await session.stop();
      }
    },
    60_000,
  );
});
