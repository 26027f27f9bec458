import { engineName, type Container } from '../../entities/containers/container.ts';
import { plain } from '../../lib/plain.ts';
import { thisHost } from '../entity-ref.ts';
import type { Found } from '../finding.ts';

/** Object of a container's finding: engine, project and name, since names are unique within their engine only. */
export const containerSubject = ({ engine, name, project }: Container): string =>
  plain([engineName(engine), project, name].filter((word) => word !== undefined).join(' '));

/** Findings listed by name; on a host with a thousand containers the rest is one counted finding. */
const MOST_NAMED = 5;

/** The first findings as they are, worst first, and one that counts the rest with their common `condition`. */
export function capFindings(found: readonly Found[], condition: string): readonly Found[] {
  const [worst] = found;
  if (!worst || found.length <= MOST_NAMED + 1) return found;
  const rest = found.length - MOST_NAMED;
  return [
    ...found.slice(0, MOST_NAMED),
    {
      ...worst,
      severity: found[MOST_NAMED]?.severity ?? worst.severity,
      subject: 'more containers',
      subjectVocabulary: 'fixed',
      entity: thisHost,
      members: found.slice(MOST_NAMED).map(({ entity }) => entity),
      sentence: `${rest} ${condition}`,
      evidence: [{ what: 'containers affected', value: `${found.length}`, source: 'pane Containers' }],
      next: 'open Containers, sort by PROBLEM',
    },
  ];
}
