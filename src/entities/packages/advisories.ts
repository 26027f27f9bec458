import { fields, items, textOf } from '../../lib/json.ts';
import type { Package, PackagesSample } from '../../sources/packages/packages.ts';
import { isInstalled } from './package-trouble.ts';
import { inRange, type VersionRange } from './trouble-condition.ts';

/**
 * Source package with a fault in some versions of a release: of OSV (https://ossf.github.io/osv-schema/), or of the notices of Ubuntu in the
 * form of its security team (https://github.com/canonical/ubuntu-security-notices, usn/).
 */
export interface Advisory {
  /** `USN-7000-1`, `CVE-2024-1234`, `DSA-5700-1`. */
  readonly id: string;
  readonly summary: string;
  /** `Ubuntu:22.04:LTS`, `Debian:12`. */
  readonly ecosystem: string;
  readonly source: string;
  readonly ranges: readonly VersionRange[];
}

/** Advisories of one document, of Debian and Ubuntu; none of other texts. */
export function advisoriesOf(osv: unknown): readonly Advisory[] {
  const document = fields(osv);
  const id = textOf(document['id']);
  if (id === undefined || textOf(document['withdrawn']) !== undefined) return [];
  if (document['releases'] !== undefined) return noticesOf(id, document);
  return items(document['affected']).flatMap((one): Advisory[] => {
    const affected = fields(one);
    const ecosystem = textOf(fields(affected['package'])['ecosystem']);
    const source = textOf(fields(affected['package'])['name']);
    if (source === undefined || ecosystem === undefined || !/^(?:Debian|Ubuntu)\b/.test(ecosystem)) return [];
    const ranges = items(affected['ranges']).flatMap((range) =>
      textOf(fields(range)['type']) === 'ECOSYSTEM' ? rangesOf(items(fields(range)['events'])) : [],
    );
    return ranges.length === 0 ? [] : [{ id, summary: (textOf(document['summary']) ?? '').slice(0, 300), ecosystem, source, ranges }]; // prettier-ignore
  });
}

/** Versions of Ubuntu by their code names, which notices have. */
const RELEASES: Readonly<Record<string, string>> = {
  trusty: '14.04',
  xenial: '16.04',
  bionic: '18.04',
  focal: '20.04',
  jammy: '22.04',
  noble: '24.04',
  plucky: '25.04',
  questing: '25.10',
  resolute: '26.04',
};

/** `{"id":"USN-7018-1","releases":{"trusty":{"sources":{"openssl":{"version":"1.0.1f-1ubuntu2.27+esm10"}}}},"summary":…}` */
const noticesOf = (id: string, document: Readonly<Record<string, unknown>>): readonly Advisory[] =>
  Object.entries(fields(document['releases'])).flatMap(([codename, release]) =>
    Object.entries(fields(fields(release)['sources'])).flatMap(([source, value]): Advisory[] => {
      const below = textOf(fields(value)['version']);
      const version = Object.hasOwn(RELEASES, codename) ? RELEASES[codename] : undefined;
      if (below === undefined || version === undefined) return [];
      const summary = (textOf(document['summary']) ?? '').slice(0, 300);
      return [{ id, summary, ecosystem: `Ubuntu:${version}`, source, ranges: [{ below }] }];
    }),
  );

/** Events in order: `introduced` begins a range, `fixed` and `last_affected` end it. */
function rangesOf(events: readonly unknown[]): readonly VersionRange[] {
  const ranges: VersionRange[] = [];
  let open: VersionRange | undefined;
  for (const event of events) {
    const { introduced, fixed, last_affected: last } = fields(event);
    const [start, end, atMost] = [textOf(introduced), textOf(fixed), textOf(last)];
    // `0` is before every version, also one with a tilde.
    if (start !== undefined) open = start === '0' ? {} : { atLeast: start };
    else if (open !== undefined && (end !== undefined || atMost !== undefined)) {
      ranges.push({ ...open, ...(end === undefined ? { atMost: atMost ?? '' } : { below: end }) });
      open = undefined;
    }
  }
  return open === undefined ? ranges : [...ranges, open];
}

export interface AdvisoryMatch {
  readonly advisory: Advisory;
  readonly package: Package;
  /** First version with the fix. */
  readonly fixed: string | undefined;
}

/** Ecosystems of a release: of Ubuntu also that of ESM, whose fixes need a subscription. */
function isOf(ecosystem: string, osId: string, osVersion: string): boolean {
  const [name = '', ...rest] = ecosystem.split(':');
  return name.toLowerCase() === osId && rest.includes(osVersion);
}

/** Advisories by source package, for `advisoryMatches`. */
export const bySource = (all: readonly Advisory[]): ReadonlyMap<string, readonly Advisory[]> =>
  Map.groupBy(all, ({ source }) => source);

/**
 * Installed packages with a version that an advisory of their release names, one of each source package. Versions are those of the
 * binary packages, whose rebuilds (`+b1`) are taken off.
 */
export function advisoryMatches(
  advisories: ReadonlyMap<string, readonly Advisory[]>,
  sample: PackagesSample | undefined,
  os: { readonly osId: string | undefined; readonly osVersion: string | undefined } | undefined,
): readonly AdvisoryMatch[] {
  const { osId, osVersion } = os ?? {};
  if (sample?.manager !== 'dpkg' || osId === undefined || osVersion === undefined) return [];
  const seen = new Set<string>();
  return [...sample.packages.values()].flatMap((one): AdvisoryMatch[] => {
    const { source, version } = one;
    if (source === undefined || version === undefined || !isInstalled(one)) return [];
    const built = version.replace(/\+b\d+$/, '');
    return (advisories.get(source) ?? []).flatMap((advisory): AdvisoryMatch[] => {
      const key = `${advisory.id} ${source}`;
      const range = isOf(advisory.ecosystem, osId, osVersion) ? advisory.ranges.find((each) => inRange(built, each)) : undefined; // prettier-ignore
      if (range === undefined || seen.has(key)) return [];
      seen.add(key);
      return [{ advisory, package: one, fixed: range.below }];
    });
  });
}
