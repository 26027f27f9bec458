/** Top-level domains by which a word with dots is the name of a host; countries whose codes are endings of files are left out. */
const TOP = new Set(
  `com net org edu gov mil int info biz cloud online tech site xyz io dev app
  ac ae ar at au be bg br ca ch cl cn co cy cz de dk ee es eu fi fr gr hk hr hu id ie il in ir is it jp kr lt lu lv me mx my nl no nz
  pe ph pt ro ru se sg si sk th tr tw ua uk us uy ve vn za
  arpa corp internal intra intranet lan localdomain consul example invalid onion`.split(/\s+/),
);
/** Words that end names of settings, files and metrics, too: a host has three labels before them or a digit in the first. */
const WEAK = new Set(`svc local home lab test prod io dev app in is it me no at id co site cloud info int`.split(' '));

/** Domains of projects and registries: they are in every host's files. */
const PUBLIC =
  /(?:^|\.)(?:kernel\.org|k8s\.io|kubernetes\.io|docker\.(?:io|com)|quay\.io|ghcr\.io|gcr\.io|debian\.(?:org|net)|ubuntu\.com|canonical\.com|snapcraft\.io|launchpad\.net|ceph\.(?:com|io)|openstack\.org|redhat\.com|fedoraproject\.org|centos\.org|linuxcontainers\.org|freedesktop\.org|github\.com|githubusercontent\.com|gitlab\.com|openssh\.com|libssh\.org|w3\.org|openvswitch\.org|ovn\.org|libvirt\.org|qemu\.org|gnu\.org|apache\.org|python\.org|pypi\.org|golang\.org|go\.dev|npmjs\.(?:com|org)|postgresql\.org|mysql\.com|mariadb\.(?:com|org)|mongodb\.org|rabbitmq\.com|grafana\.com|prometheus\.io|opencontainers\.org|cncf\.io|containerd\.io|coreos\.com|projectcalico\.org|cilium\.io|helm\.sh|istio\.io|schema\.org|ietf\.org|iana\.org|asciinema\.org|oracle\.com|microsoft\.com|google\.com|amazonaws\.com\.cn|nodejs\.org|(?:docker|google)\.internal|in-addr\.arpa|ip6\.arpa|domain-\d+\.example)$|^(?:(?:kubernetes(?:\.default)?\.)?svc\.)?cluster\.local$/;

export const isPublicDomain = (name: string): boolean => PUBLIC.test(name.toLowerCase());

/** First labels of names in reverse order: `com.docker.compose`, `org.freedesktop.systemd1`, `io.containerd.runc`. */
const REVERSED = /^(?:com|org|io|net|de|nl|fr|uk)\./;
/** First labels of settings and modules. */
const SETTING =
  /^(?:kernel|vm|fs|dev|user|security|lxc|raw|volatile|boot|cloud-init|limits|image|snapshots|linux|oslo|nova|neutron|cinder|keystone|sys|os|java|javax|std|self|this|ctx|node|process)\./;

/** Ends of files. */
const FILE =
  /\.(?:service|socket|timer|slice|scope|mount|target|conf|cfg|ini|log|json|ya?ml|xml|txt|gz|xz|zst|so|ko|py|js|ts|go|rs|cc|cpp|c|h|md|sh|pl|sock|pid|lock|db|img|qcow2|iso|deb|rpm|html|css|svg|png)$/;

/** Words with dots. */
export const DOTTED = /[\w-]+(?:\.[\w-]+)+/g;

/** Whether a word with dots in a text is written as a name: no part of a path's file, an address, an option or a call; `*.corp` and `.corp` are. */
export const isDottedName = (text: string, from: number, word: string): boolean =>
  !/(?:[@%+~-]|\w\.)$/.test(text.slice(Math.max(0, from - 2), from)) &&
  !/[(=@]/.test(text.charAt(from + word.length)) &&
  LABELS.test(word);

const LABELS = /^[a-z0-9_](?:[\w-]*\w)?(?:\.\w(?:[\w-]*\w)?)*\.[a-z](?:[a-z0-9-]*[a-z0-9])?$/i;

/** Last label of a word that may be a host. */
const TOPS: ReadonlySet<string> = new Set([...TOP, ...WEAK]);
export const topOf = (name: string): string => name.slice(name.lastIndexOf('.') + 1);
export const mayBeHost = (name: string): boolean => TOPS.has(topOf(name));

/** Whether a dotted word is the name of a host or of a domain by its form alone. */
export function isHostName(word: string): boolean {
  const name = word.toLowerCase();
  if (PUBLIC.test(name) || REVERSED.test(name) || FILE.test(name)) return false;
  const labels = name.split('.');
  const top = labels.at(-1) ?? '';
  if (!/[a-z]/.test(labels.slice(0, -1).join(''))) return false;
  if (WEAK.has(top) && SETTING.test(name)) return false;
  if (WEAK.has(top))
    return labels.length > 3 || (labels.length > 2 && /[\d-]/.test(name)) || (top === 'svc' && labels.length > 2);
  return TOP.has(top);
}

/** Domains that a host's name gives: `node-7.dc1.example.com` → `dc1.example.com`, `example.com`; no `com`, no `co.uk`. */
export function domainsOf(host: string): readonly string[] {
  const labels = host
    .toLowerCase()
    .split('.')
    .filter((label) => label !== '');
  return labels.slice(1, -1).flatMap((_, index): readonly string[] => {
    const domain = labels.slice(index + 1);
    const isRegistry =
      domain.length === 2 && /^(?:com?|org|net|ac|gov|edu)$/.test(domain[0] ?? '') && domain[1]?.length === 2;
    const name = domain.join('.');
    return isRegistry || PUBLIC.test(name) ? [] : [name];
  });
}
