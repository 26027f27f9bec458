import { DaemonError } from '../protocol.ts';

/** Keys of LXD's configuration with data of the container's owner, or start commands. */
const OWNERS = /^(environment|user|cloud-init|raw|nvidia)\./;
/** Keys that may hold a secret whatever they belong to. `fds` of an LXD operation are the secrets of its sockets. */
const SECRET =
  /secret|passw|passphrase|credential|token|private[._-]?key|api[._-]?key|^fds$|^Env$|^(https?|no)proxy$|^core\.proxy_/i;
/** Labels that identify the owner of a container. Others are free text, and are known to hold password hashes. */
const KNOWN_LABELS =
  /^(com\.docker\.(compose|swarm|stack)\.|io\.kubernetes\.|io\.podman\.|io\.containers\.|org\.opencontainers\.image\.|annotation\.io\.kubernetes\.)/;
/** Fields with Docker's labels; those of an event are among its attributes. */
const LABELS = new Set(['Labels', 'Attributes']);

/** Reply without secrets: from here on it is kept, shown, recorded and passed on. */
export function withoutSecrets(text: string): string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new DaemonError('failed', 'the reply is not JSON');
  }
  return JSON.stringify(cleaned(value));
}

/** The same for a parsed value. */
export function cleaned(value: unknown, within = ''): unknown {
  if (Array.isArray(value)) return value.map((item) => cleaned(item));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => !OWNERS.test(key) && !SECRET.test(key) && (!LABELS.has(within) || isKnownLabel(key)))
      .map(([key, inner]) => [key, cleaned(inner, key)]),
  );
}

/** Whether to keep a label. Attributes of an event other than labels (name, image, exitCode, signal) have no dot. */
const isKnownLabel = (key: string): boolean => !key.includes('.') || KNOWN_LABELS.test(key);
