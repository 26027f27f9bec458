/** `2026-11-23T16:42:49.281015969Z`, with any fraction and any zone: RFC 3339, section 5.6. */
const RFC_3339 = /^(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(\.\d{1,12})?(?:[Zz]|([+-])(\d\d):?(\d\d))$/;

/**
 * Seconds since 1970 of an RFC 3339 time. Undefined for other texts and for years before 1970: Go writes `0001-01-01T00:00:00Z` for
 * "never".
 */
export function epochSeconds(text: string | undefined): number | undefined {
  const found = text === undefined ? null : RFC_3339.exec(text);
  if (!found) return undefined;
  const part = (group: number) => Number(found[group] ?? 0);
  const [year, month, day] = [part(1), part(2), part(3)];
  if (year < 1970 || month < 1 || month > 12 || day < 1 || day > 31) return undefined;
  const zone = (found[8] === '-' ? -1 : 1) * (part(9) * 3600 + part(10) * 60);
  return daysSince1970(year, month, day) * 86_400 + part(4) * 3600 + part(5) * 60 + part(6) + part(7) - zone;
}

/** RFC 3339 time with all its digits, in UTC; undefined for other texts. */
export function utcTime(text: string): string | undefined {
  const fraction = RFC_3339.exec(text)?.[7] ?? '';
  // Without the fraction: a double holds no nanoseconds of today.
  const seconds = epochSeconds(text.replace(fraction, ''));
  return seconds === undefined ? undefined : new Date(seconds * 1000).toISOString().replace('.000Z', `${fraction}Z`);
}

/** Days of the Gregorian calendar: years begin in March, so that a leap day is the last of its year. */
function daysSince1970(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

/** `11-30 05:26:21` of seconds since 1970, UTC; undefined beyond the range of calendars. */
export const utcText = (seconds: number): string | undefined =>
  seconds >= 0 && seconds < 8e12
    ? new Date(seconds * 1000).toISOString().replace(/^.*(\d\d-\d\d)T([\d:]{8}).*$/, '$1 $2')
    : undefined;
