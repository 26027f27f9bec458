/**
 * Allowed requests over unixctl (ovs-appctl(8)): read-only methods. All other methods of these daemons
 * change, reset or stop something (`vlog/set`, `coverage/…`, `fdb/flush`, `dpctl/del-flows`, `exit`).
 *
 * `<bridge>`, `<datapath>`, `<port>`, `<flow>`, `<cap>` are placeholders; `*` is each bridge or datapath of the daemon, with
 * the replies one after the other.
 */
export const unixctlRequests: readonly { readonly request: string; readonly why: string }[] = [
  { request: 'version', why: 'version' },
  { request: 'upcall/show', why: 'datapath flows, flow limit, dump duration' },
  { request: 'dpctl/show', why: 'lookups (hit, missed, lost), flows, masks' },
  { request: 'dpctl/dump-flows -m cap=<cap>', why: 'datapath flows, up to <cap>' },
  {
    request: 'dpctl/dump-flows -m filter=in_port=<port>',
    why: 'datapath flows of one port, while its detail is open',
  },
  { request: 'dpctl/ct-get-nconns *', why: 'tracked connections of the userspace datapath' },
  { request: 'dpctl/ct-get-maxconns *', why: 'their limit' },
  { request: 'dpctl/ct-get-limits *', why: 'limit and count of each zone with a limit' },
  { request: 'ct-zone-list', why: 'owner of each ct zone (ovn-controller), while a detail is open' },
  {
    request: 'dpctl/dump-conntrack cap=<cap>',
    why: 'tracked connections, up to <cap>, while a detail is open',
  },
  { request: 'coverage/show', why: 'event rates of the last 5 s, minute and hour' },
  { request: 'memory/show', why: 'counts of rules, flows, ports and connections' },
  { request: 'dpif-netdev/pmd-stats-show', why: 'cache hits and cycles of PMD threads' },
  { request: 'dpif-netdev/pmd-rxq-show', why: 'rx queues of PMD threads' },
  { request: 'fdb/stats-show *', why: 'FDB: entries, limit, moves, evictions' },
  { request: 'fdb/show <bridge>', why: 'FDB of one bridge, while its detail is open' },
  { request: 'bond/show', why: 'bonds and their members' },
  { request: 'lacp/show', why: 'LACP state of bond members' },
  { request: 'bridge/dump-flows <bridge> cap=<cap>', why: 'OpenFlow rules of one bridge, up to <cap>' },
  { request: 'ofproto/trace <datapath> <flow>', why: 'OpenFlow rules of one flow; no packet is sent' },
  { request: 'connection-status', why: 'connection of ovn-controller to the southbound database' },
  { request: 'debug/status', why: 'ovn-controller running or paused' },
  { request: 'inc-engine/show-stats', why: 'recomputes and computes of the incremental engine' },
  { request: 'lflow-cache/show-stats', why: 'logical flow cache of ovn-controller' },
  { request: 'stopwatch/show', why: 'loop times of ovn-northd and ovn-controller' },
  { request: 'status', why: 'ovn-northd active, standby or paused' },
  { request: 'nb-connection-status', why: 'connection of ovn-northd to the northbound database' },
  { request: 'sb-connection-status', why: 'connection of ovn-northd to the southbound database' },
  { request: 'cluster/status OVN_Northbound', why: 'RAFT: leader, term, members, log' },
  { request: 'cluster/status OVN_Southbound', why: 'the same' },
];

/** Hard caps of dumps, which block the main thread of ovs-vswitchd: 8 µs per flow where measured. */
export const MOST_FLOWS = 50_000;
export const MOST_RULES = 50_000;
export const MOST_CONNECTIONS = 100_000;

const PLACEHOLDERS: Readonly<Record<string, RegExp>> = {
  // Names of bridges and ports never look like an option.
  '<bridge>': /^[A-Za-z0-9_.][\w.:@+-]{0,63}$/,
  '<datapath>': /^(?:netdev|system)$/,
  '<flow>': /^[a-z_]+\([\w.:,=/+(){}@|-]{0,1500}$/,
  'cap=<cap>': /^cap=[1-9]\d{0,5}$/,
  'filter=in_port=<port>': /^filter=in_port=[A-Za-z0-9_.][\w.:@+-]{0,63}$/,
};

const mayBe = (template: string, word: string): boolean => PLACEHOLDERS[template]?.test(word) ?? template === word;

/** Whether a request is allowed. */
export const mayAsk = (request: string): boolean => {
  const words = request.split(' ');
  return unixctlRequests.some(({ request: listed }) => {
    const templates = listed.split(' ');
    return templates.length === words.length && templates.every((template, i) => mayBe(template, words[i] ?? ''));
  });
};
