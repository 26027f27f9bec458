import { existsSync } from 'node:fs';
import type { TestContext } from 'vitest';

const present = existsSync('/usr/bin/python3');

/** As `beforeEach`: `npm test` must pass with Node and npm alone, so what runs in Python on a host is skipped without it. */
export const needsPython = ({ skip }: TestContext): void => skip(!present, 'there is no python3 on this machine');
