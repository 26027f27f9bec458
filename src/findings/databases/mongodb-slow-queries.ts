import { slowCollections, slowSeverity } from '../../entities/databases/mongodb-slow-queries.ts';
import { plain } from '../../lib/plain.ts';
import { count, ms } from '../../lib/units.ts';
import { mongodbSlowQueries } from '../../sources/databases/mongodb-slow-queries.ts';
import { collectionRef } from '../entity-ref.ts';
import { defineFinding, type Found } from '../finding.ts';

/** Collections with many slow queries; the log does not state which server of the host wrote it. */
export const mongodbSlowQuery = defineFinding({
  id: 'mongodb-slow-query',
  title: 'Slow queries of MongoDB',
  needs: { mongodbSlowQueries },
  authority: '[own]: 10 slow operations (slowOpThresholdMs) of a collection in 5 min, one of 1 s',
  judge: ({ mongodbSlowQueries: seen }): readonly Found[] =>
    slowCollections(seen).flatMap((one): Found[] => {
      const severity = slowSeverity(one);
      if (severity === undefined) return [];
      return [
        {
          entity: collectionRef(one.namespace),
          subject: 'mongodb',
          subjectVocabulary: 'fixed',
          pane: 'databases',
          severity,
          sentence: `${plain(one.namespace)}: ${count(one.number)} slow queries in 5 min, longest ${ms(one.longestMs)}${one.scans === 0 ? '' : `, ${count(one.scans)} without an index`}`,
          evidence: [
            { what: 'mean', value: ms(one.meanMs), source: 'log of mongod' },
            { what: 'COLLSCAN', value: count(one.scans), source: 'log of mongod' },
          ],
          next: `open Databases, Slow queries; \`grep 'Slow query'\` in the log of mongod has the command; explain() its plan`,
        },
      ];
    }),
}); // prettier-ignore
