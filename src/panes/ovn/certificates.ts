import type { CertificatePath } from '../../entities/ovn/certificate-paths.ts';
import { plain } from '../../lib/plain.ts';
import { duration } from '../../lib/units.ts';
import { ovnCertificates, type CertificateEnd, type CertificatesSample } from '../../sources/ovn/certificates.ts';
import { bindDetail } from '../../sources/source.ts';
import type { Missing } from '../../host/host.ts';
import { ownWords, stateOfMissing, stateWords, type ReadingState } from '../../timeline/reading-state.ts';
import { textColumn } from '../../ui/kit/columns.ts';
import type { Column, Detail, TableSection } from '../pane.ts';

interface CertificateRow extends CertificatePath {
  /** `2027-11-30T20:25:50Z, in 365d`; why there is none; undefined before the page is open. */
  readonly end: string | undefined;
}

const columns: readonly Column<CertificateRow>[] = [
  textColumn({
    id: 'path',
    title: 'CERTIFICATE',
    about: 'File of a certificate, or of the CA, on this host.',
    width: 30,
    grow: true,
    rank: 0,
    value: (row) => plain(row.path),
  }),
  textColumn({
    id: 'usedBy',
    title: 'NAMED BY',
    about: 'Daemons whose command line names it, or the SSL table of a database.',
    width: 24,
    grow: true,
    rank: 0,
    value: (row) => plain(row.usedBy),
  }),
];

const endColumn: Column<CertificateRow> = textColumn({
  id: 'end',
  title: 'END',
  about: 'notAfter: TLS with it fails from then.',
  vocabulary: 'fixed',
  width: 32,
  rank: 0,
  value: (row) => row.end,
});

const section = (rows: readonly CertificateRow[], withEnd: boolean): TableSection<CertificateRow> => ({
  kind: 'table',
  id: 'certificates',
  title: 'Certificates',
  note: withEnd ? String(rows.length) : `${rows.length} · ↵ end dates`,
  sources: withEnd ? ['ovn-certificates'] : ['processes', 'ovs-db', 'ovn-central'],
  columns: withEnd ? [...columns, endColumn] : columns,
  rows,
  key: (row) => row.path,
  sort: { column: 'path', descending: false },
  ...(!withEnd && { detail: () => certificatesDetail(rows) }),
  empty: ownWords('none'),
  minRows: 2,
});

export const certificatesSection = (paths: readonly CertificatePath[]): TableSection<CertificateRow> =>
  section(paths.map((one) => ({ ...one, end: undefined })), false); // prettier-ignore

/** Detail of all certificates: their end dates are read while it is open. */
const certificatesDetail = (paths: readonly CertificatePath[]): Detail => ({
  id: 'ovn-certificates',
  title: 'certificates of OVN and Open vSwitch',
  sources: { ends: bindDetail(ovnCertificates, { paths: paths.map(({ path }) => path) }) },
  everySeconds: 300,
  sections: (samples, missing) => {
    // bindDetail gave it the sample of ovnCertificates, or there is none yet.
    const { ends: sample } = samples as { readonly ends?: CertificatesSample };
    const textOf = (path: string): string => {
      const end = sample?.ends.get(path);
      if (end !== undefined) return endWords(end, sample?.hostSeconds);
      return stateWords(why(missing['ends']?.[path], sample !== undefined));
    };
    return [section(paths.map((one) => ({ ...one, end: textOf(one.path) })), true)]; // prettier-ignore
  },
});

const why = (missing: Missing | undefined, isRead: boolean): ReadingState => {
  if (missing !== undefined) return stateOfMissing(missing);
  return isRead ? { state: 'not readable', why: 'not a certificate' } : { state: 'not read yet' };
};

/** `2027-11-30T20:25:50Z, in 365d`, `…, expired 2h00 ago`. */
export function endWords({ date, epochSeconds }: CertificateEnd, nowSeconds: number | undefined): string {
  if (nowSeconds === undefined) return date;
  const left = epochSeconds - nowSeconds;
  return `${date}, ${left < 0 ? `expired ${duration(-left)} ago` : `in ${duration(left)}`}`;
}
