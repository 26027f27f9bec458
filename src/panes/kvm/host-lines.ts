import { grade, limits } from '../../thresholds.ts';
import { plain } from '../../lib/plain.ts';
import { ms, NONE, plural, span } from '../../lib/units.ts';
import type { KvmModel } from './pane.ts';
import type { LinesSection } from '../pane.ts';
import { isWhole, nothingWords } from '../../timeline/reading-state.ts';
import { isUp } from './guest-row.ts';
import { drawFigures, figure, type Figure, type FigureLine } from '../../ui/kit/figure-lines.ts';

/** The hypervisor: its libvirt, and vCPUs per CPU. */
export function hostLines(model: KvmModel): LinesSection {
  const lines: readonly FigureLine[] = [
    { label: 'libvirt', figures: libvirtFigures(model) },
    ...(model.rows.length > 0 || isWhole(model.state) ? [{ label: 'vcpus', figures: vcpuFigures(model) }] : []),
    ...(model.reasons.length > 0
      ? [{ label: 'missing', figures: model.reasons.map((reason) => figure(reason, 'dim')) }]
      : []),
  ];
  return {
    kind: 'lines',
    id: 'kvm-host',
    title: 'Hypervisor',
    sources: ['libvirt-domains', 'libvirt-monitor', 'libvirt-about', 'libvirt-xml'],
    minColumns: 60,
    wantRows: () => lines.length,
    draw: (columns, rows, theme) => lines.slice(0, rows).map((line) => drawFigures(line, columns, theme)),
  };
}

/** `UNRESPONSIVE for 40s`: it accepts connections and does not reply. `STOPPED`: its connections are refused. */
export const outageText = ({ state, replyAgeSeconds }: KvmModel['libvirt']): string =>
  state === 'stopped'
    ? `STOPPED${replyAgeSeconds === undefined ? '' : `, last reply ${span(replyAgeSeconds)} ago`}`
    : `UNRESPONSIVE${replyAgeSeconds === undefined ? '' : ` for ${span(replyAgeSeconds)}`}`;

function libvirtFigures({ libvirt }: KvmModel): readonly Figure[] {
  const versions = [
    ...(libvirt.version === undefined
      ? []
      : [figure(`libvirt ${plain(libvirt.version)}${libvirt.modular ? ' (virtqemud)' : ''}`)]),
    ...(libvirt.qemu === undefined ? [] : [figure(`QEMU ${plain(libvirt.qemu)}`)]),
  ];
  const answer =
    libvirt.state === 'responsive'
      ? figure(`answers in ${ms(libvirt.tookMs)}`, grade(libvirt.tookMs, limits.libvirtMs))
      : libvirt.state === 'unresponsive' || libvirt.state === 'stopped'
        ? figure(`${outageText(libvirt)}${libvirt.why === undefined ? '' : `: ${libvirt.why}`}`, 'crit')
        : figure(nothingWords('not present, guests from /proc only', libvirt.reading), 'dim');
  return [
    answer,
    ...versions,
    ...(libvirt.workersBusyMs === undefined
      ? []
      : [figure(`all workers busy for ${span(libvirt.workersBusyMs / 1000)}`, 'crit')]),
    ...(libvirt.timeouts > 0 ? [figure(plural(libvirt.timeouts, 'monitor timeout'), 'crit')] : []),
  ];
}

/** `2 CPUs`, with a dash while the number is unknown. */
export const cpusText = (cpus: number | undefined): string =>
  cpus === undefined ? `${NONE} CPUs` : plural(cpus, 'CPU');

function vcpuFigures({ rows, vcpus, cpus, vcpusPerCpu }: KvmModel): readonly Figure[] {
  const up = rows.filter(({ guest }) => isUp(guest)).length;
  return [
    figure(`${plural(vcpus, 'vCPU')} (${plural(up, 'guest')}) on ${cpusText(cpus)}`),
    figure(
      vcpusPerCpu === undefined ? NONE : `${vcpusPerCpu.toFixed(1)} vCPUs per CPU`,
      grade(vcpusPerCpu, limits.vcpusPerCpu) === 'text' ? 'text' : 'info',
    ),
  ];
}
