import { countOf, fields, json } from '../../lib/json.ts';
import { defineSource } from '../source.ts';
import { listenerServers, listening, type ListenerServers } from './listeners.ts';

/** Oplog of one server: a member that is further behind than its window must copy all data again. */
export interface MongodbOplog {
  /** Time between its oldest and newest entry; undefined of a server without one. */
  readonly windowSeconds: number | undefined;
}

/** Both ends of local.oplog.rs. https://www.mongodb.com/docs/manual/core/replica-set-oplog/ */
export const mongodbOplogs = defineSource({
  id: 'mongodb-oplogs',
  title: 'Oplogs of MongoDB',
  why: 'Shows how far a member of a replica set may be behind.',
  everySeconds: 60,
  reads: { mongod: listening('mongodb', 'mongod', 'oplog'), ferretdb: listening('mongodb', 'ferretdb', 'oplog') },
  parse: ({ mongod, ferretdb }): MongodbOplogsSample | undefined => {
    const servers = listenerServers('mongodb', [mongod, ferretdb], (text): MongodbOplog => {
      const { oldest, newest } = fields(fields(json(text))['oplog']);
      const [from, to] = [countOf(oldest), countOf(newest)];
      return { windowSeconds: from === undefined || to === undefined ? undefined : Math.max(0, to - from) };
    });
    return servers && { servers };
  },
});

export interface MongodbOplogsSample {
  readonly servers: ListenerServers<MongodbOplog>;
}
