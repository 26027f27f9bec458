/** Names of signals by number on x86-64 and arm64: signal(7). */
const NAMES = (
  'HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT CHLD CONT STOP TSTP TTIN TTOU URG XCPU XFSZ VTALRM PROF ' +
  'WINCH IO PWR SYS'
).split(' ');

/** `SIGSEGV`; `signal 64` of one without a name. */
export const signalName = (signal: number): string => {
  const name = NAMES[signal - 1];
  return name === undefined ? `signal ${signal}` : `SIG${name}`;
};
