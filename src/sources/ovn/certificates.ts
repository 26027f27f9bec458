import type { FileRead, RunRead } from '../../host/host.ts';
import { epochSeconds } from '../../lib/iso-time.ts';
import { toNumber } from '../../lib/lines.ts';
import { defineDetail } from '../source.ts';

/** Certificates that are read: those of one host. */
const MOST_CERTIFICATES = 12;

/** Clock of the host: boot time plus uptime. */
const CLOCK = {
  stat: { kind: 'file', path: '/proc/stat' },
  uptime: { kind: 'file', path: '/proc/uptime' },
} as const;

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/**
 * End dates of certificates, by path: openssl-x509(1). Of a file with several the first counts, which is that of the daemon.
 *
 *     notAfter=Nov 30 20:25:50 2027 GMT
 */
export const ovnCertificates = defineDetail({
  id: 'ovn-certificates',
  title: 'End dates of certificates of OVN and Open vSwitch',
  why: 'Shows when certificates end, before connections are refused. Of each file only the end date is read.',
  everySeconds: 300,
  reads: ({ paths }: { readonly paths: readonly string[] }): Readonly<Record<string, RunRead | FileRead>> => ({
    ...CLOCK,
    ...Object.fromEntries(
      paths
        .slice(0, MOST_CERTIFICATES)
        .map((path): readonly [string, RunRead] => [
          path,
          { kind: 'run', argv: ['openssl', 'x509', '-noout', '-enddate', '-in', path], as: 'root' },
        ]),
    ),
  }),
  parse: ({ stat, uptime, ...certificates }): CertificatesSample => {
    const bootSeconds = toNumber(/^btime (\d+)$/m.exec(stat ?? '')?.[1]);
    const upSeconds = toNumber(uptime?.split(' ')[0]);
    return {
      ends: new Map(
        Object.entries(certificates).flatMap(([path, text]) => {
          const end = endOf(text);
          return end === undefined ? [] : [[path, end] as const];
        }),
      ),
      hostSeconds: bootSeconds === undefined || upSeconds === undefined ? undefined : bootSeconds + upSeconds,
    };
  },
  example: { paths: ['/etc/openvswitch/sc-cert.pem'] },
});

export interface CertificatesSample {
  readonly ends: ReadonlyMap<string, CertificateEnd>;
  /** Clock of the host, seconds since 1970. */
  readonly hostSeconds: number | undefined;
}

export interface CertificateEnd {
  /** `2027-11-30T20:25:50Z` */
  readonly date: string;
  readonly epochSeconds: number;
}

function endOf(text: string | undefined): CertificateEnd | undefined {
  const [, month = '', day = '', time = '', year = ''] =
    /^notAfter=([A-Z][a-z]{2}) +(\d{1,2}) (\d\d:\d\d:\d\d) (\d{4}) GMT$/m.exec(text ?? '') ?? [];
  const number = String(MONTHS.indexOf(month) + 1).padStart(2, '0');
  const date = `${year}-${number}-${day.padStart(2, '0')}T${time}Z`;
  const seconds = epochSeconds(date);
  return seconds === undefined ? undefined : { date, epochSeconds: seconds };
}
