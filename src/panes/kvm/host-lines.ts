import { grade, limits } from '../../thresholds.ts';
import { plain } from '../../lib/plain.ts';
import { count, duration, ms, NONE } from '../../lib/units.ts';
import type { KvmModel } from './pane.ts';
import type { LinesSection } from '../pane.ts';
import { isUp } from './guest-row.ts';
import { drawFigures, figure, type Figure, type FigureLine } from '../../ui/kit/figure-lines.ts';

/** The host as a host of guests: its libvirt, and how many vCPUs share its CPUs. */
export function hostLines(model: KvmModel): LinesSection {
  const lines: readonly FigureLine[] = [
    { label: 'libvirt', figures: libvirtFigures(model) },
    ...(noneSeen(model) ? [] : [{ label: 'vcpus', figures: vcpuFigures(model) }]),
    ...(model.reasons.length > 0
      ? [{ label: 'missing', figures: model.reasons.map((reason) => figure(reason, 'dim')) }]
      : []),
  ];
  return {
    kind: 'lines',
    id: 'kvm-host',
    title: 'Host of guests',
    sources: ['libvirt-domains', 'libvirt-monitor', 'libvirt-about', 'libvirt-xml'],
    minColumns: 60,
    wantRows: () => lines.length,
    draw: (columns, rows, theme) => lines.slice(0, rows).map((line) => drawFigures(line, columns, theme)),
  };
}

/** No guest is listed, and those that nothing but /proc shows are hidden. */
export const noneSeen = ({ rows, hidden }: KvmModel): boolean => rows.length === 0 && hidden !== undefined;

/** `SILENT for 40s`: it takes our connection and says nothing. `STOPPED`: nobody takes it any more. */
export const goneWords = ({ state, silentSeconds }: KvmModel['libvirt']): string =>
  state === 'stopped'
    ? `STOPPED${silentSeconds === undefined ? '' : `, answered ${duration(silentSeconds)} ago`}`
    : `SILENT${silentSeconds === undefined ? '' : ` for ${duration(silentSeconds)}`}`;

function libvirtFigures({ libvirt, hidden }: KvmModel): readonly Figure[] {
  const versions = [
    ...(libvirt.version === undefined
      ? []
      : [figure(`libvirt ${plain(libvirt.version)}${libvirt.modular ? ' (virtqemud)' : ''}`)]),
    ...(libvirt.qemu === undefined ? [] : [figure(`QEMU ${plain(libvirt.qemu)}`)]),
  ];
  const answer =
    libvirt.state === 'answers'
      ? figure(`answers in ${ms(libvirt.tookMs)}`, grade(libvirt.tookMs, limits.libvirtMs))
      : libvirt.state === 'absent'
        ? figure(hidden === undefined ? 'no libvirt: guests are read from /proc alone' : 'no socket', 'dim')
        : libvirt.state === 'unread'
          ? figure('not read yet', 'dim')
          : libvirt.state === 'denied'
            ? figure(`may not be asked: ${libvirt.why ?? ''}`)
            : figure(`${goneWords(libvirt)}${libvirt.why === undefined ? '' : `: ${libvirt.why}`}`, 'crit');
  return [
    answer,
    ...versions,
    ...(libvirt.workersBusyMs === undefined
      ? []
      : [figure(`its workers have all been busy for ${duration(libvirt.workersBusyMs / 1000)}`, 'crit')]),
    ...(libvirt.stuck > 0 ? [figure(`${libvirt.stuck} monitor${libvirt.stuck > 1 ? 's' : ''} stuck`, 'crit')] : []),
  ];
}

function vcpuFigures({ rows, vcpus, cpus, vcpusPerCpu }: KvmModel): readonly Figure[] {
  const up = rows.filter(({ guest }) => isUp(guest)).length;
  return [
    figure(`${count(vcpus)} of ${count(up)} guests that are up`),
    figure(`on ${count(cpus)} CPUs`),
    figure(
      vcpusPerCpu === undefined ? NONE : `${vcpusPerCpu.toFixed(1)} vCPUs a CPU`,
      grade(vcpusPerCpu, limits.vcpusPerCpu) === 'text' ? 'text' : 'warn',
    ),
  ];
}
