import { label, plain } from '../../lib/plain.ts';
import { cut } from '../../lib/text-width.ts';
import { count, NONE, plural, span } from '../../lib/units.ts';
import { drawFigures, figure, type FigureLine } from '../../ui/kit/figure-lines.ts';
import type { LinesSection } from '../pane.ts';
import type { PackagesModel } from './pane.ts';

/** Figures of the host: kernels, reboot, running package managers. */
export const managerSection = (model: PackagesModel): LinesSection => ({
  kind: 'lines',
  id: 'manager',
  title: 'Host',
  sources: ['packages', 'package-files', 'reboot-required', 'unattended-upgrades', 'identity'],
  minColumns: 60,
  wantRows: () => Math.max(1, figureLines(model).length),
  draw: (width, rows, theme) => {
    const lines = figureLines(model);
    return lines.length === 0
      ? [theme.paint('dim', cut(model.empty, width))]
      : lines.slice(0, rows).map((line) => drawFigures(line, width, theme));
  },
});

function figureLines({
  manager,
  rows,
  left,
  kernels,
  reboot,
  runs,
  locks,
  unattended,
}: PackagesModel): readonly FigureLine[] {
  const number = (what: (row: PackagesModel['rows'][number]) => boolean): number =>
    rows.filter((row) => what(row)).length;
  return [
    ...(manager === undefined
      ? []
      : [
          {
            label: 'packages',
            figures: [
              figure(`${count(rows.length + left)} installed (${manager})`),
              figure(`${number(({ problem }) => problem !== undefined)} broken`),
              figure(`${number(({ held }) => held)} held`),
              figure(`${number(({ faults }) => faults.length > 0)} with a published fault`),
            ],
          },
        ]),
    ...(kernels === undefined
      ? []
      : [
          {
            label: 'kernel',
            figures: [
              figure(`running ${plain(kernels.running)}`),
              figure(
                kernels.pending === undefined
                  ? kernels.isPackaged === undefined
                    ? 'no kernel package here'
                    : kernels.isPackaged
                      ? 'newest installed'
                      : 'not of an installed package'
                  : `${plain(kernels.pending)} installed, reboot pending`,
              ),
            ],
          },
        ]),
    ...(reboot?.required === true
      ? [{ label: 'reboot', figures: [figure(`required by ${reboot.packages.map(plain).join(', ') || NONE}`)] }]
      : []),
    ...(unattended?.isEnabled === true
      ? [
          {
            label: 'upgrades',
            figures: [
              figure('unattended-upgrades enabled'),
              ...(unattended.reboots ? [figure('may reboot the host')] : []),
            ],
          },
        ]
      : []),
    ...(runs === undefined || runs.length === 0
      ? []
      : [
          {
            label: 'running',
            figures: runs.map(({ process, seconds }) =>
              figure(
                `${label(plain(process.command))}[${process.pid}] for ${seconds === undefined ? NONE : span(seconds)}`,
              ),
            ),
          },
        ]),
    ...(locks.length === 0
      ? []
      : [
          {
            label: 'locks',
            figures: locks.map(({ process, locks: paths }) =>
              figure(`${label(plain(process.command))}[${process.pid}] holds ${paths.map(plain).join(', ')}`),
            ),
          },
        ]),
    ...(left > 0 ? [{ label: 'limit', figures: [figure(`${plural(left, 'package')} more are not listed`)] }] : []),
  ];
}
