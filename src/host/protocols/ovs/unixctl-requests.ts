/**
 * What may be asked over unixctl (ovs-appctl(8)): methods that only tell. Everything else, of what these daemons offer,
 * changes, resets or ends something (`vlog/set`, `coverage/…`, `fdb/flush`, `dpctl/del-flows`, `exit`).
 *
 * `<bridge>`, `<datapath>`, `<port>`, `<flow>`, `<cap>` are places for values; `*` is each bridge or each datapath that the
 * daemon names, the answers one after the other.
 */
export const unixctlRequests: readonly { readonly request: string; readonly why: string }[] = [
  { request: 'version', why: 'its version' },
  { request: 'upcall/show', why: 'datapath flows, their limit and how long a dump of them takes' },
  { request: 'dpctl/show', why: 'lookups hit, missed and lost; flows; masks' },
  { request: 'dpctl/dump-flows -m cap=<cap>', why: 'the datapath flows, where there are at most <cap> of them' },
  {
    request: 'dpctl/dump-flows -m filter=in_port=<port>',
    why: 'the flows of one port, for one look',
  },
  { request: 'dpctl/ct-get-nconns *', why: 'tracked connections of the userspace datapath' },
  { request: 'dpctl/ct-get-maxconns *', why: 'how many there may be' },
  { request: 'dpctl/ct-get-limits *', why: 'how many a zone may have, and has, where that is limited; for one look' },
  { request: 'ct-zone-list', why: 'whose each zone is (ovn-controller); for one look' },
  {
    request: 'dpctl/dump-conntrack cap=<cap>',
    why: 'tracked connections, where there are at most <cap>, for one look',
  },
  { request: 'coverage/show', why: 'how often what happened in the last 5 s, minute and hour' },
  { request: 'memory/show', why: 'how many rules, flows, ports and connections it keeps' },
  { request: 'dpif-netdev/pmd-stats-show', why: 'cache hits and cycles of the forwarding threads' },
  { request: 'dpif-netdev/pmd-rxq-show', why: 'which thread polls which receive queue' },
  { request: 'fdb/stats-show *', why: 'learned MAC addresses: how many, of how many, moved, evicted' },
  { request: 'fdb/show <bridge>', why: 'learned MAC addresses of one bridge, for one look' },
  { request: 'bond/show', why: 'bonds and their members' },
  { request: 'lacp/show', why: 'LACP with the switch at the other end' },
  { request: 'bridge/dump-flows <bridge> cap=<cap>', why: 'its OpenFlow rules, where there are at most <cap>' },
  { request: 'ofproto/trace <datapath> <flow>', why: 'what the rules make of one packet; nothing is sent' },
  { request: 'connection-status', why: 'whether ovn-controller has its database' },
  { request: 'debug/status', why: 'whether ovn-controller runs or was paused' },
  { request: 'inc-engine/show-stats', why: 'how often all was computed anew' },
  { request: 'lflow-cache/show-stats', why: "ovn-controller's cache of logical flows" },
  { request: 'stopwatch/show', why: 'how long rounds of northd and ovn-controller take' },
  { request: 'status', why: 'whether ovn-northd is active, on standby or paused' },
  { request: 'nb-connection-status', why: 'whether ovn-northd has its databases' },
  { request: 'sb-connection-status', why: 'the same' },
  { request: 'cluster/status OVN_Northbound', why: 'RAFT: leader, term, members, log' },
  { request: 'cluster/status OVN_Southbound', why: 'the same' },
];

/** Larger dumps stand the whole switch still for long: they are made in the main thread, 8 µs a flow where it was measured. */
export const MOST_FLOWS = 50_000;
export const MOST_RULES = 50_000;
export const MOST_CONNECTIONS = 100_000;

const PLACES: Readonly<Record<string, RegExp>> = {
  // No bridge or port is named like an option.
  '<bridge>': /^[A-Za-z0-9_.][\w.:@+-]{0,63}$/,
  '<datapath>': /^(?:netdev|system)$/,
  '<flow>': /^[a-z_]+\([\w.:,=/+(){}@|-]{0,1500}$/,
  'cap=<cap>': /^cap=[1-9]\d{0,5}$/,
  'filter=in_port=<port>': /^filter=in_port=[A-Za-z0-9_.][\w.:@+-]{0,63}$/,
};

const mayBe = (template: string, word: string): boolean => PLACES[template]?.test(word) ?? template === word;

/** Whether a request is one of the list. */
export const mayAsk = (request: string): boolean => {
  const words = request.split(' ');
  return unixctlRequests.some(({ request: listed }) => {
    const templates = listed.split(' ');
    return templates.length === words.length && templates.every((template, i) => mayBe(template, words[i] ?? ''));
  });
};
