import { plain } from '../../lib/plain.ts';
import { TransportError } from '../transport.ts';
import type { Resolved } from './resolved.ts';

/** What ssh(1) says, and what that means to a person. First match wins; its own words follow where they say more. */
const MEANINGS: readonly {
  readonly says: RegExp;
  readonly message: (host: string, port: number) => string;
  readonly mend: string;
  readonly retry?: boolean;
}[] = [
  {
    says: /channel \d+: open failed|stdio forwarding failed/i,
    message: (host, port) => `The jump host cannot reach ${host} port ${port}.`,
    mend: 'Check the name as the jump host sees it, and AllowTcpForwarding of its sshd.',
    retry: true,
  },
  {
    says: /Could not resolve hostname/i,
    message: (host) => `Unknown host: ${host} has no address.`,
    mend: 'Check the name, ~/.ssh/config and the DNS.',
    retry: true,
  },
  {
    says: /connect to host .* Connection refused/i,
    message: (host, port) => `${host} refused the connection on port ${port}.`,
    mend: 'Check the port (-p) and that sshd runs there.',
    retry: true,
  },
  {
    says: /(Connection|Operation) timed out/i,
    message: (host, port) => `${host} did not answer on port ${port}.`,
    mend: 'Check the address, a firewall, or a jump host that is needed (-J).',
    retry: true,
  },
  {
    says: /No route to host|Network is unreachable/i,
    message: (host) => `There is no way to ${host} from this machine.`,
    mend: 'Check the network, a VPN, or a jump host that is needed (-J).',
    retry: true,
  },
  {
    says: /IDENTIFICATION HAS CHANGED|Offending .* key in/i,
    message: (host) => `The host key of ${host} has changed. Somebody may be in between.`,
    mend: 'Ask the owner of the host; only if they confirm the new key, remove the old line.',
  },
  {
    says: /REVOKED HOST KEY|revoked/i,
    message: (host) => `The host key of ${host} is marked as revoked.`,
    mend: 'Do not connect: ask the owner of the host which key it should have.',
  },
  {
    says: /Host key verification failed|No .* host key is known/i,
    message: (host) => `The host key of ${host} is not trusted.`,
    mend: 'Compare its fingerprint with the one that the owner of the host gives you.',
  },
  {
    says: /no matching|Unable to negotiate/i,
    message: (host) => `${host} and ssh share no algorithm.`,
    mend: 'A newer ssh may do, or -o KexAlgorithms/HostKeyAlgorithms with one that the host offers.',
  },
  {
    says: /Permission denied|Too many authentication failures/i,
    message: (host) => `${host} accepted no way to log in.`,
    mend: 'Give the right key with -i, load it into ssh-agent, or check the user name.',
  },
];

/** The last thing that ssh said, as one sentence with a mend. */
export function explainStderr(stderr: string, resolved: Resolved): TransportError {
  const host = plain(resolved.hostname);
  const said = stderr
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !/^[@*]+$/.test(line));
  const meaning = MEANINGS.find(({ says }) => says.test(stderr));
  const own = plain(detail(said, meaning?.says).slice(0, 400));
  if (meaning === undefined)
    return new TransportError(`ssh could not connect to ${host}${own === '' ? '' : `: ${own}`}.`, {
      mend: 'Try the same with ssh itself.',
      retry: true,
    });
  return new TransportError(
    own === '' ? meaning.message(host, resolved.port) : `${meaning.message(host, resolved.port)} ssh says: ${own}`,
    {
      mend: meaning.mend,
      retry: meaning.retry ?? false,
    },
  );
}

/** For a changed key the lines with the fingerprint and the file, else the line that told, else the last one. */
function detail(said: readonly string[], meaning: RegExp | undefined): string {
  const telling = said.filter((line) => /^SHA256:|^Offending/.test(line));
  if (telling.length > 0) return telling.join(' · ');
  const told = meaning === undefined ? undefined : said.find((line) => meaning.test(line));
  // What ssh says of a ProxyCommand that ended; the program's own last line says more.
  return told ?? said.findLast((line) => !/UNKNOWN port 65535/.test(line)) ?? said.at(-1) ?? '';
}
