import { named } from '../../redact/identifier.ts';
import { defineSource } from '../source.ts';

/**
 * /sys/class/dmi/id: vendor, model and firmware of the machine. drivers/firmware/dmi-id.c. Serial
 * numbers are for root only. Machines without DMI (Arm boards, POWER) have a device tree.
 */
export const dmi = defineSource({
  id: 'dmi',
  title: 'Machine and firmware',
  why: 'Names vendor, model, firmware version and serial number, for a support case.',
  everySeconds: 'once',
  reads: {
    vendor: { kind: 'file', path: '/sys/class/dmi/id/sys_vendor' },
    product: { kind: 'file', path: '/sys/class/dmi/id/product_name' },
    version: { kind: 'file', path: '/sys/class/dmi/id/product_version' },
    board: { kind: 'file', path: '/sys/class/dmi/id/board_name' },
    biosVendor: { kind: 'file', path: '/sys/class/dmi/id/bios_vendor' },
    biosVersion: { kind: 'file', path: '/sys/class/dmi/id/bios_version' },
    biosDate: { kind: 'file', path: '/sys/class/dmi/id/bios_date' },
    serial: { kind: 'file', path: '/sys/class/dmi/id/product_serial', as: 'root' },
    deviceTreeModel: { kind: 'file', path: '/proc/device-tree/model' },
  },
  parse: (values): Machine | undefined =>
    Object.values(values).every((text) => text === undefined)
      ? undefined
      : {
          vendor: stated(values.vendor),
          product: stated(values.product) ?? stated(values.deviceTreeModel),
          version: stated(values.version),
          board: stated(values.board),
          biosVendor: stated(values.biosVendor),
          biosVersion: stated(values.biosVersion),
          biosDate: stated(values.biosDate),
          serial: stated(values.serial),
        },
  identifiers: (sample) => named('serial', [sample?.serial]),
});

export interface Machine {
  readonly vendor: string | undefined;
  readonly product: string | undefined;
  readonly version: string | undefined;
  readonly board: string | undefined;
  readonly biosVendor: string | undefined;
  readonly biosVersion: string | undefined;
  /** In the format of the firmware: `04/01/2014`. */
  readonly biosDate: string | undefined;
  readonly serial: string | undefined;
}

/** Placeholders that vendors leave in the DMI tables. */
const EMPTY =
  /^(?:to be filled by o\.e\.m\.?|default string|not specified|system (?:product name|version)|none|n\/a|0+)$/i;

function stated(text: string | undefined): string | undefined {
  // A device tree ends its strings with NUL.
  const value = text?.replace(/\0+$/, '').trim();
  return value === undefined || value === '' || EMPTY.test(value) ? undefined : value;
}
