import { engineName, type Container } from '../../entities/containers/container.ts';
import { plain } from '../../lib/plain.ts';
import type { Found } from '../finding.ts';

/** What a container is called in findings: names are unique within their engine only. */
export const containerSubject = ({ engine, name, project }: Container): string =>
  plain([engineName(engine), project, name].filter((word) => word !== undefined).join(' '));

/** With a thousand containers a fault may be everybody's: so many are named, the rest is counted. */
const MOST_NAMED = 5;

/** The worst come first. */
export function few(found: readonly Found[], whatOthersDo: string): readonly Found[] {
  const [worst] = found;
  if (!worst || found.length <= MOST_NAMED + 1) return found;
  const rest = found.length - MOST_NAMED;
  return [
    ...found.slice(0, MOST_NAMED),
    {
      ...worst,
      severity: found[MOST_NAMED]?.severity ?? worst.severity,
      subject: 'more containers',
      sentence: `${rest} more containers ${whatOthersDo}`,
      evidence: [{ what: 'containers', value: `${found.length}`, source: 'all of them, in the pane Containers' }],
    },
  ];
}
