import { expect, test } from 'vitest';
import { unitMemory } from '../../../src/sources/containers/unit-memory.ts';

test('unitMemory reads kills and limits by group when they are there', () => {
  const events = (path: string, text: string) => [`/sys/fs/cgroup${path}/memory.events`, text] as const;
  const units = unitMemory.parse({
    slices: new Map([events('/system.slice', 'low 0\noom 4\noom_kill 3\n')]),
    services: new Map([
      events('/system.slice/a.service', 'oom_kill 3\n'),
      events('/system.slice/b.service', 'oom x\n'),
    ]),
    limits: new Map([
      ['/sys/fs/cgroup/system.slice/a.service/memory.max', '33554432\n'],
      ['/sys/fs/cgroup/system.slice/b.service/memory.max', 'max\n'],
    ]),
  });
  expect([...units]).toEqual([
    ['/system.slice', { oomKills: 3, memoryMaxBytes: undefined }],
    ['/system.slice/a.service', { oomKills: 3, memoryMaxBytes: 33_554_432 }],
    ['/system.slice/b.service', { oomKills: undefined, memoryMaxBytes: undefined }],
  ]);
  expect(unitMemory.parse({ slices: undefined, services: undefined, limits: undefined }).size).toBe(0);
});
