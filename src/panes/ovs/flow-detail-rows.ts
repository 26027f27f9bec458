import { plain } from '../../lib/plain.ts';
import {
  nothingWords,
  numberKnown,
  stateOfDetail,
  stateOfMissing,
  type ReadingState,
} from '../../timeline/reading-state.ts';
import type { PortFlowsSample } from '../../sources/ovs/port-flows.ts';
import type { Seen } from '../../timeline/moment.ts';
import type { Detail, TableSection } from '../pane.ts';
import { flowRowsOf, type FlowRow, type Owners } from './flow-rows.ts';
import { flowsSection } from './flows.ts';

type Given = Parameters<Detail['sections']>;

/** Flows section of a detail whose sample is named `flows`; `picks` selects the flows that are shown. */
export function flowsOfDetail(
  owners: Owners,
  picks: (row: FlowRow) => boolean = () => true,
): (samples: Given[0], missing: Given[1], none: string) => TableSection<FlowRow> {
  const seen = lastTwoSamples();
  return (samples, missing, none) => {
    // bindDetail gave it the sample of its source, or there is none yet.
    const { flows } = samples as { readonly flows?: PortFlowsSample };
    const notRead = flows?.notRead.map((one) => one.why).join('; ') ?? '';
    const state: ReadingState =
      notRead !== ''
        ? { state: 'not readable', why: plain(notRead) }
        : flows?.silent
          ? stateOfMissing(flows.silent)
          : stateOfDetail(flows, missing['flows']);
    const rows = flowRowsOf(seen(flows), owners, new Map()).filter(picks);
    return flowsSection(
      {
        rows,
        number: numberKnown(rows.length, state),
        history: [],
        total: undefined,
        note: notRead === '' ? '' : `not read: ${plain(notRead)}`,
        empty: nothingWords(none, state),
      },
      owners,
    );
  };
}

/** Last two samples of a detail: it gets the latest only, and rates need the one before. */
function lastTwoSamples(): (
  sample: PortFlowsSample | undefined,
) => Pick<Seen<PortFlowsSample>, 'now' | 'before' | 'seconds'> {
  let now: PortFlowsSample | undefined;
  let before: PortFlowsSample | undefined;
  return (sample) => {
    if (sample !== undefined && sample !== now) [before, now] = [now, sample];
    const seconds =
      now?.atSeconds === undefined || before?.atSeconds === undefined ? undefined : now.atSeconds - before.atSeconds;
    return { now, before, seconds: seconds !== undefined && seconds > 0 ? seconds : undefined };
  };
}
