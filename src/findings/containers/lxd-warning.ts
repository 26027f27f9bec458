import { plain } from '../../lib/plain.ts';
import { plural } from '../../lib/units.ts';
import { lxdWarnings } from '../../sources/containers/lxd-warnings.ts';
import { entityRef } from '../entity-ref.ts';
import { defineFinding, type Found } from '../finding.ts';

/** LXD's own new warnings of severity moderate or high. */
export const lxdWarning = defineFinding({
  id: 'lxd-warning',
  title: 'LXD warning',
  needs: { lxdWarnings },
  authority: 'LXD itself: warnings that are new and of severity moderate or high',
  judge: (moment) =>
    [...(moment.lxdWarnings.now?.servers.values() ?? [])]
      .flat()
      .filter(({ status, severity }) => status === 'new' && (severity === 'moderate' || severity === 'high'))
      .map(({ id, type, message, severity, about, times }): Found => ({
        severity: severity === 'high' ? 'crit' : 'warn',
        subject: `warning ${plain(id).slice(0, 8)}`,
        entity: entityRef('lxd-warning', id),
        sentence: `${plain(type)}${message === undefined ? '' : `: ${plain(message)}`}${about === undefined ? '' : ` (${plain(about.split('/').at(-1) ?? about)})`}`,
        evidence: [
          {
            what: 'severity',
            value: `${severity ?? '—'}, seen ${plural(times ?? 1, 'time')}`,
            source: 'LXD /1.0/warnings',
          },
        ],
        next: `\`lxc warning show ${plain(id)}\`; acknowledge: \`lxc warning ack ${plain(id)}\``,
        pane: 'containers',
      })),
});
