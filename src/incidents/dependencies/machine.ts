import { cpuRef, entityRef, hostResource, numaNodeRef, thisHost } from '../../findings/entity-ref.ts';
import { blockDevices } from '../../sources/machine/block-devices.ts';
import { cpuTopology } from '../../sources/machine/cpu-topology.ts';
import { edac } from '../../sources/machine/edac.ts';
import { mdstat } from '../../sources/machine/mdstat.ts';
import { nics } from '../../sources/machine/nics.ts';
import { sensors } from '../../sources/machine/sensors.ts';
import { defineDependencies, type Dependency } from '../dependency.ts';

/** Drivers of sensors in a CPU package: Intel, AMD, thermal zones of ACPI and of a device tree. */
const CPU_CHIPS = new Set(['coretemp', 'k10temp', 'zenpower', 'acpitz', 'cpu_thermal']);

/** Device stacks, bonds, buses, and which NUMA nodes make up the memory and CPUs of the host. */
export const machineDependencies = defineDependencies({
  id: 'machine',
  needs: { blockDevices, nics, mdstat, cpuTopology, edac, sensors },
  of: ({ blockDevices: disks, nics: net, mdstat: raid, cpuTopology: topology, edac: errors, sensors: chips }) => {
    const found: Dependency[] = [];
    for (const { name, slaves, pci, kind } of disks.now?.values() ?? []) {
      const disk = entityRef('disk', name);
      for (const slave of slaves) found.push({ dependent: disk, via: 'stored-on', on: entityRef('disk', slave) });
      if (pci !== undefined) found.push({ dependent: disk, via: 'plugged-into', on: entityRef('pci-device', pci) });
      if (kind === 'disk') found.push({ dependent: hostResource('io'), via: 'stored-on', on: disk });
    }
    for (const { name, members } of raid.now ?? []) {
      const array = entityRef('md-array', name);
      found.push({ dependent: entityRef('disk', name), via: 'stored-on', on: array });
      for (const member of members) found.push({ dependent: array, via: 'stored-on', on: entityRef('disk', member) });
    }
    for (const { name, pci, master } of net.now?.nics.values() ?? []) {
      const nic = entityRef('nic', name);
      if (pci !== undefined) found.push({ dependent: nic, via: 'plugged-into', on: entityRef('pci-device', pci) });
      if (master !== undefined) found.push({ dependent: entityRef('nic', master), via: 'plugged-into', on: nic });
    }
    for (const { name, members } of net.now?.bonds ?? []) {
      const bond = entityRef('bond', name);
      found.push({ dependent: entityRef('nic', name), via: 'plugged-into', on: bond });
      for (const member of members)
        found.push({ dependent: bond, via: 'plugged-into', on: entityRef('nic', member.name) });
    }
    for (const { node, cpus } of topology.now?.nodes ?? []) {
      found.push({ dependent: hostResource('memory'), via: 'placed-on', on: numaNodeRef(node) });
      for (const cpu of cpus ?? [])
        found.push(
          { dependent: cpuRef(cpu), via: 'placed-on', on: numaNodeRef(node) },
          { dependent: cpuRef(cpu), via: 'member-of', on: hostResource('cpu') },
        );
    }
    for (const { id, modules } of errors.now ?? [])
      for (const place of [id, ...modules.map((module) => module.id)])
        found.push({ dependent: hostResource('memory'), via: 'placed-on', on: entityRef('memory-module', place) });
    for (const { id, chip } of chips.now ?? [])
      if (CPU_CHIPS.has(chip))
        found.push({ dependent: hostResource('cpu'), via: 'placed-on', on: entityRef('sensor', id) });
    for (const name of ['cpu', 'memory', 'io'] as const)
      found.push({ dependent: thisHost, via: 'shares', on: hostResource(name) });
    return found;
  },
});
