import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { traceOf } from '../../../src/sources/ovs/trace-rules.ts';

/** Traces of Open vSwitch 3.1 with OVN 23.03. */
const ACL_DROP = `Flow: recirc_id=0x8,ct_state=est|trk,tcp,in_port=ANY

bridge("br-ovn")
----------------
    thaw
        Resuming from table 45
45. ct_state=-new+est-rpl+trk,ct_mark=0x1/0x1,metadata=0x2, priority 6, cookie 0x158f575c
    set_field:0x80/0x80->xxreg0
    resubmit(,46)
46. tcp,reg0=0x200/0x200,reg15=0x2,metadata=0x2, priority 3000, cookie 0xa2b23bc4
    drop

Final flow: unchanged
Megaflow: recirc_id=0x8,eth,in_port=ANY
Datapath actions: drop
`;
const VLAN_DROP = `bridge("br-int")
----------------
 0. priority 0, cookie 0x1
    resubmit(,20)
20. priority 0, cookie 0x5
    NORMAL
     >>>> dropping VLAN 7 tagged packet received on port cc-red configured as VLAN 10 access port <<<<
     >> disallowed VLAN VID for this input port, dropping

Datapath actions: drop
`;

test('traceOf gives rules with cookies and where a packet is dropped', () => {
  const { rules, outcome, drops } = traceOf(ACL_DROP);
  expect(rules).toEqual([
    { bridge: 'br-ovn', table: 45, priority: 6, cookie: '0x158f575c', match: 'ct_state=-new+est-rpl+trk,ct_mark=0x1/0x1,metadata=0x2', actions: ['set_field:0x80/0x80->xxreg0', 'resubmit(,46)'] }, // prettier-ignore
    { bridge: 'br-ovn', table: 46, priority: 3000, cookie: '0xa2b23bc4', match: 'tcp,reg0=0x200/0x200,reg15=0x2,metadata=0x2', actions: ['drop'] }, // prettier-ignore
  ]);
  expect({ outcome, drops }).toEqual({ outcome: 'dropped: br-ovn table 46 priority 3000, actions=drop', drops: true });
});

test('traceOf names the error of the translation before its warning', () => {
  const { rules, outcome } = traceOf(VLAN_DROP);
  expect(rules.map(({ match, priority }) => ({ match, priority }))).toEqual([
    { match: '', priority: 0 },
    { match: '', priority: 0 },
  ]);
  expect(outcome).toBe(
    'dropped: dropping VLAN 7 tagged packet received on port cc-red configured as VLAN 10 access port (br-int table 20 priority 0, actions=NORMAL)',
  );
});

test('traceOf states a table without a match, a failure and the actions of what is sent', () => {
  const head = 'bridge("br0")\n----\n 0. ip, priority 10, cookie 0x7\n    resubmit(,3)\n';
  expect(traceOf(`${head} 3. No match.\n    drop\n\nDatapath actions: drop\n`).outcome).toBe(
    'dropped: no match in br0 table 3',
  );
  expect(traceOf(`${head}Translation failed (Recursion too deep), packet is dropped.\n`)).toMatchObject({
    outcome: 'dropped: Translation failed (Recursion too deep), packet is dropped.',
    drops: true,
  });
  // A warning of a rule that the packet passed does not explain its drop.
  const passed = `${head}     >> suppressing side effects, so learn action ignored\n 4. priority 0\n    drop\nDatapath actions: drop\n`;
  expect(traceOf(passed).outcome).toBe('dropped: br0 table 4 priority 0, actions=drop');
  expect(traceOf(`${head}Datapath actions: ct(zone=8),recirc(0x8)\n`)).toMatchObject({
    outcome: 'datapath actions: ct(zone=8),recirc(0x8)',
    drops: false,
  });
});

test('traceOf of any text never throws', () => {
  fc.assert(fc.property(fc.string({ unit: 'grapheme' }), (text) => void traceOf(text)));
  expect(traceOf(undefined)).toEqual({ rules: [], outcome: undefined, drops: false });
});
