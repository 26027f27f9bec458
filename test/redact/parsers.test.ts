import { expect, test } from 'vitest';
import { judge } from '../../src/findings/judge.ts';
import { recordingRedaction } from '../../src/redact/recording-redaction.ts';
import { ScreenRedaction } from '../../src/redact/screen-redaction.ts';
import { findings, sources } from '../../src/subsystems/index.ts';
import type { Host, Read } from '../../src/host/host.ts';
import { hostMoments, hostNames } from '../helpers/hosts.ts';
import { watched } from '../helpers/moments.ts';

/** The host with every text of its replies redacted, as a recording has it. */
function redactedHost(host: Host, clean: ReturnType<typeof recordingRedaction>): Host {
  const mapped = (value: unknown, read: Read): unknown => {
    if (typeof value === 'string') return clean(value, { read });
    if (Array.isArray(value)) return value.map((each) => mapped(each, read));
    if (value instanceof Map)
      return new Map([...value].map(([key, each]) => [mapped(key, read), mapped(each, read)] as const));
    if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value;
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, mapped(each, read)]));
  };
  return {
    ...host,
    read: async (read) => {
      const reading = await host.read(read);
      // Same shape: texts stay texts.
      return (reading.ok ? { ...reading, value: mapped(reading.value, read) } : reading) as typeof reading;
    },
  };
}

/** Rules that join objects by parts of their names: a pod by its manifest's name and the node's, a guest's threads by its process. */
const JOINS_NAMES = /^(?:kube-static-pod-down|guest-steal) /;

test.each(hostNames)('recordingRedaction leaves the findings of %s', async (name) => {
  const moments = hostMoments(name);
  const { timeline, nowMs } = await watched(sources, moments);
  const redaction = new ScreenRedaction();
  redaction.learnFrom(timeline, sources);
  const clean = recordingRedaction(redaction.redactor, new Set());
  const rulesThrough = async (cleanText: typeof clean) => {
    const hosts = moments.map(({ at, host }) => ({ at, host: redactedHost(host, cleanText) }));
    const seen = await watched(sources, hosts);
    return judge(findings, (needs) => seen.timeline.moment(needs, nowMs))
      .map(({ rule, severity, condition = '' }) => `${rule} ${severity} ${condition}`)
      .filter((each) => !JOINS_NAMES.test(each))
      .toSorted();
  };
  expect(await rulesThrough(clean)).toEqual(await rulesThrough((text) => text));
});
