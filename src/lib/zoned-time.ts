const formats = new Map<string, Intl.DateTimeFormat | undefined>();

/** Epoch ms of `2026-11-29 18:13:05`, printed in a time zone by its name; undefined for another text or an unknown zone. */
export function zonedMs(printed: string, zone: string): number | undefined {
  const [, date, time] = /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)$/.exec(printed) ?? [];
  const format = formatOf(zone);
  const asUtc = Date.parse(`${date}T${time}Z`);
  if (format === undefined || Number.isNaN(asUtc)) return undefined;
  // The offset holds at the true time, so it is looked up a second time there.
  const near = asUtc - offsetMs(format, asUtc);
  return asUtc - offsetMs(format, near);
}

function formatOf(zone: string): Intl.DateTimeFormat | undefined {
  if (!formats.has(zone)) formats.set(zone, made(zone));
  return formats.get(zone);
}

function made(timeZone: string): Intl.DateTimeFormat | undefined {
  try {
    return new Intl.DateTimeFormat('en-US', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  } catch {
    // A name that is not in the database of zones.
    return undefined;
  }
}

function offsetMs(format: Intl.DateTimeFormat, epochMs: number): number {
  const parts = new Map(format.formatToParts(epochMs).map(({ type, value }) => [type, Number(value)]));
  const part = (name: Intl.DateTimeFormatPartTypes) => parts.get(name) ?? 0;
  const local = Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'));
  return local - Math.floor(epochMs / 1000) * 1000;
}
