import { plain } from '../../lib/plain.ts';
import { lxdWarnings } from '../../sources/containers/lxd-warnings.ts';
import { defineFinding, type Found } from '../finding.ts';

/** What LXD found by itself and calls more than a trifle. */
export const lxdWarning = defineFinding({
  id: 'lxd-warning',
  title: 'A warning of LXD itself',
  needs: { lxdWarnings },
  authority: 'LXD itself: warnings that are new and of severity moderate or high',
  judge: (moment) =>
    [...(moment.lxdWarnings.now?.servers.values() ?? [])]
      .flat()
      .filter(({ status, severity }) => status === 'new' && (severity === 'moderate' || severity === 'high'))
      .map(({ id, type, message, severity, about, times }): Found => ({
        severity: severity === 'high' ? 'crit' : 'warn',
        subject: `warning ${plain(id).slice(0, 8)}`,
        sentence: `LXD warns: ${plain(type)}${message === undefined ? '' : `: ${plain(message)}`}${about === undefined ? '' : ` (${plain(about.split('/').at(-1) ?? about)})`}`,
        evidence: [{ what: 'severity', value: `${severity ?? '—'}, ${times ?? 1} times`, source: 'LXD /1.0/warnings' }],
        next: 'lxc warning show UUID tells more; lxc warning ack UUID when it is known',
        pane: 'containers',
      })),
});
