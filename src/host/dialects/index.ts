import type { DialectName } from '../host.ts';
import { asok } from './asok.ts';
import type { Dialect } from './dialect.ts';
import { http } from './http.ts';
import { kubernetes } from './kubernetes.ts';
import { rados } from './rados.ts';
import { ovsdb } from './ovsdb.ts';
import { unixctl } from './unixctl.ts';
import { libvirt } from './libvirt.ts';

/** Every protocol that daemons are spoken to in. */
export const dialects: readonly Dialect[] = [http, libvirt, unixctl, ovsdb, asok, rados, kubernetes];

export const dialectOf = (name: DialectName): Dialect | undefined => dialects.find((one) => one.name === name);
