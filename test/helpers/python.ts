import { existsSync } from 'node:fs';
import type { TestContext } from 'vitest';

const present = existsSync('/usr/bin/python3');

/** `beforeEach` hook that skips tests where python3 is not installed: `npm test` must pass with Node and npm alone. */
export const needsPython = ({ skip }: TestContext): void => skip(!present, 'python3 is not installed on this machine');
