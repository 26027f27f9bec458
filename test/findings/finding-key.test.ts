import { expect, test } from 'vitest';
import { entityOf, entityText, entityRef, nodeRef, processRef } from '../../src/findings/entity-ref.ts';
import { entityOfKey, findingKey, isKeyOf, subjectOfKey } from '../../src/findings/finding-key.ts';

const found = { rule: 'kube-pod-unhealthy', entity: nodeRef('lab1'), condition: 'oom', subject: 'default/oom' };
const OTHER: typeof found = { ...found, subject: 'default/other' };

test('findingKey has rule, condition and entity, and not what is displayed', () => {
  expect(findingKey(found)).toBe('kube-pod-unhealthy/oom node:lab1');
  expect(findingKey(OTHER)).toBe(findingKey(found));
  expect(findingKey({ rule: 'guest-down', entity: entityRef('guest', 'two words') })).toBe(
    'guest-down guest:two words',
  );
});

test('isKeyOf knows a finding by its key and by the key of an older recording', () => {
  expect(isKeyOf('kube-pod-unhealthy/oom node:lab1', found)).toBe(true);
  expect(isKeyOf('kube-pod-unhealthy default/oom', found)).toBe(true);
  expect(isKeyOf('kube-pod-unhealthy default/other', found)).toBe(false);
  expect(isKeyOf('kube-pod-unhealthy/crash node:lab1', found)).toBe(false);
});

test('subjectOfKey is the subject of an older key and the id of the entity in a newer one', () => {
  expect(subjectOfKey('container-oom docker lab-leak')).toBe('docker lab-leak');
  expect(entityOfKey('container-oom docker lab-leak')).toBeUndefined();
  // A subject may have a colon in it.
  expect(subjectOfKey('disk-slow a:b')).toBe('a:b');
  expect(subjectOfKey('kube-pod-unhealthy/oom node:lab1')).toBe('lab1');
  expect(entityOfKey('kube-pod-unhealthy/oom node:lab1')).toEqual({ kind: 'node', id: 'lab1' });
});

test('entityOf reads what entityText writes, and nothing else', () => {
  const pid = processRef({ pid: 7, startTicks: 99 });
  expect(entityOf(entityText(pid))).toEqual(pid);
  expect(entityOf(entityText(entityRef('container', 'id:4f0c')))).toEqual({ kind: 'container', id: 'id:4f0c' });
  for (const text of ['', ':', 'pod', 'pod:', 'nothing:x', 'toString:x']) expect(entityOf(text)).toBeUndefined();
});
