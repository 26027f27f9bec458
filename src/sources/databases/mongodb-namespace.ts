import { named, type Identifier } from '../../redact/identifier.ts';

/** Databases of every server. https://www.mongodb.com/docs/manual/reference/system-collections/ */
const OF_EVERY_SERVER = new Set(['admin', 'config', 'local']);

/** Databases of namespaces, `shop` of `shop.orders`: the name of a database has no dot. Those of every server identify nothing. */
export const databasesIn = (namespaces: Iterable<string | undefined>): readonly Identifier[] =>
  named('database', [...namespaces].map((namespace) => namespace?.split('.', 1)[0]).filter((name) => name !== undefined && !OF_EVERY_SERVER.has(name))); // prettier-ignore
