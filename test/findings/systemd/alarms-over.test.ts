import { expect, test } from 'vitest';
import { serviceLogFaults } from '../../../src/findings/systemd/service-log-faults.ts';
import { foundOn, timelineOf } from '../../helpers/found-on.ts';
import { rabbitmq } from '../databases/cache-and-queue-faults.ts';

const HOST = 'cloud-vm';
const TEN_SECONDS_MS = 10_000;

/** Log with an alarm that was set ten seconds before the readings. */
async function alarmLog() {
  const { nowMs } = await timelineOf(serviceLogFaults, HOST, [{}]);
  const time = new Date(nowMs - TEN_SECONDS_MS).toISOString().slice(0, 23).replace('T', ' ');
  return { '/var/log/rabbitmq/rabbit@ctl.log': `${time}+00:00 [warning] <0.5.0> memory resource limit alarm set on node rabbit@ctl.\n` };
} // prettier-ignore

test.each([
  ['is over', rabbitmq({}), true],
  ['is present', rabbitmq({ alarms_memory_used_watermark: 1 }), false],
  ['is present', {}, false],
])('service-log-fault about an alarm of RabbitMQ %s when its node states %j', async (_, metrics, isPast) => {
  const [found] = await foundOn(serviceLogFaults, HOST, [{ ...(await alarmLog()), ...metrics }]);
  expect(found).toMatchObject({ condition: 'rabbit-memory-alarm', severity: isPast ? 'warn' : 'crit' });
  expect(found?.past !== undefined).toBe(isPast);
});
