import type { Edit } from '../edits.ts';
import { MASK } from './value.ts';

/** Secrets known by their form: literal beginning, rest as a regular expression, source of both. */
type Form = readonly [beginning: string, rest: string, source: string];

const FORMS: readonly Form[] = [
  ['AKIA|ASIA|ABIA|ACCA', '[A-Z0-9]{16}\\b', 'gitleaks aws-access-token'],
  ['ABSK', '[\\w+/]{100,}={0,2}', 'gitleaks aws-amazon-bedrock-api-key'],
  ['AIza', '[\\w-]{35}', 'gitleaks gcp-api-key'],
  ['ya29\\.', '[\\w-]{20,}', 'developers.google.com OAuth 2.0 access tokens'],
  ['GOCSPX-', '[\\w-]{20,}', 'Google OAuth client secrets'],
  ['LTAI', '[A-Za-z0-9]{16,24}\\b', 'gitleaks alibaba-access-key-id'],
  ['gh[pousr]_', '[A-Za-z0-9]{20,}', 'gitleaks github-pat'],
  ['github_pat_', '\\w{20,}', 'gitleaks github-fine-grained-pat'],
  ['gl(?:pat|cbt|dt|ffct|ft|imt|agent|oas|ptt|rt|soat|rtr)-', '[\\w.-]{16,}', 'gitleaks gitlab-*'],
  ['GR1348941', '[\\w-]{16,}', 'gitleaks gitlab-rrt'],
  ['xox[abeoprs][-.]', '[\\w-]{10,}', 'gitleaks slack-*'],
  ['xapp-', '\\d-[\\w-]{10,}', 'gitleaks slack-app-token'],
  ['[sr]k_(?:live|test|prod)_', '[A-Za-z0-9]{10,}', 'gitleaks stripe-access-token'],
  ['whsec_', '[\\w+/=]{16,}', 'Stripe webhook signing secrets'],
  ['sk-', '(?=[\\w-]*\\d)[\\w-]{20,}', 'gitleaks openai-api-key, anthropic-api-key'],
  ['npm_', '\\w{36}', 'gitleaks npm-access-token'],
  ['pypi-AgE', '[\\w-]{20,}', 'gitleaks pypi-upload-token'],
  ['rubygems_', '[a-f0-9]{40,}', 'gitleaks rubygems-api-token'],
  ['oy2', '[a-z0-9]{43}\\b', 'NuGet API keys'],
  ['hv[sbr]\\.', '[\\w-]{20,}', 'gitleaks vault-service-token, vault-batch-token'],
  ['s\\.(?=[A-Za-z0-9]{24})', '(?=[A-Za-z]*\\d)(?=[a-z0-9]*[A-Z])[A-Za-z0-9]{24}\\b', 'gitleaks vault-service-token, before Vault 1.10'],
  ['AGE-SECRET-KEY-1', '\\w{40,}', 'gitleaks age-secret-key'],
  ['AQ(?=[\\w+/]{8})', '[\\w+/]{36}==', 'ceph-authtool(8)'],
  ['eyJ', '[\\w-]{8,}\\.[\\w-]{8,}(?:\\.[\\w-]*)*', 'gitleaks jwt'],
  ['ZXlK', '[\\w+/]{40,}={0,2}', 'gitleaks jwt-base64'],
  ['SG\\.', '[\\w-]{16,}\\.[\\w-]{16,}', 'gitleaks sendgrid-api-token'],
  ['key-(?=[0-9a-f]{8})', '[0-9a-f]{32}\\b', 'gitleaks mailgun'],
  ['SK(?=[0-9a-fA-F]{8})', '[0-9a-fA-F]{32}\\b', 'gitleaks twilio-api-key'],
  ['do[opr]_v1_', '[a-f0-9]{40,}', 'gitleaks digitalocean-*'],
  ['dapi', '[a-f0-9]{32}', 'gitleaks databricks-api-token'],
  ['shp(?:at|ca|pa|ss)_', '[a-fA-F0-9]{32}', 'gitleaks shopify-*'],
  ['(?:hf|api_org)_', '[A-Za-z]{34}\\b', 'gitleaks huggingface-access-token'],
  ['EAA[A-Z]', '[A-Za-z0-9]{60,}', 'gitleaks facebook-page-access-token'],
  ['duffel_(?:test|live)_', '[\\w=-]{40,}', 'gitleaks duffel-api-token'],
  ['lin_api_', '\\w{32,}', 'gitleaks linear-api-key'],
  ['ntn_', '\\w{40,}', 'gitleaks notion-api-token'],
  ['glc_', '[\\w+/]{32,}={0,3}', 'gitleaks grafana-cloud-api-token'],
  ['glsa_', '\\w{32,}', 'gitleaks grafana-service-account-token'],
  ['pul-', '[a-f0-9]{40}', 'gitleaks pulumi-api-token'],
  ['PMAK-', '[a-f0-9]{24}-[a-f0-9]{34}', 'gitleaks postman-api-token'],
  ['pscale_(?:tkn|oauth|pw)_', '[\\w=.-]{32,}', 'gitleaks planetscale-*'],
  ['sntry[su]_', '[\\w+/=]{32,}', 'gitleaks sentry-org-token'],
  ['xkeysib-', '[a-f0-9]{40,}-\\w{16}', 'gitleaks sendinblue-api-token'],
  ['sq0[ac]tp-', '[\\w-]{22,}', 'gitleaks square-access-token'],
  ['tskey-', '[\\w-]{16,}', 'tailscale.com key prefixes'],
  ['SWMTKN-', '1-[\\w-]{30,}', 'docker swarm join'],
  ['K10', '[0-9a-f]{40,}(?:::[\\w:.-]+)?', 'docs.k3s.io cluster tokens'],
  ['dckr_[op]at_', '[\\w-]{20,}', 'Docker Hub access tokens'],
  ['AKCp', '[A-Za-z0-9]{60,}', 'gitleaks artifactory-api-key'],
  ['cmVmd', '[A-Za-z0-9]{59}', 'gitleaks artifactory-reference-token'],
  ['sha256~', '[\\w-]{43}', 'gitleaks openshift-user-token'],
  ['ops_eyJ', '[\\w+/]{40,}={0,3}', 'gitleaks 1password-service-account-token'],
  ['A3-', '[A-Z0-9]{6}-[A-Z0-9-]{20,}', 'gitleaks 1password-secret-key'],
  ['p8e-', '\\w{32}', 'gitleaks adobe-client-secret'],
  ['dt0c01\\.', '\\w{24}\\.\\w{64}', 'gitleaks dynatrace-api-token'],
  ['dp\\.(?:pt|st|ct|sa|scim|audit)\\.', '[\\w.-]{40,}', 'gitleaks doppler-api-token'],
  ['f(?:o1|m1[ar]|m2)_', '[\\w+/=-]{43,}', 'gitleaks flyio-access-token'],
  ['HRKU-', '[\\w-]{30,}', 'gitleaks heroku-api-key-v2'],
  ['NR(?:AK|JS|RA)-', '\\w{20,}', 'gitleaks new-relic-*'],
  ['rdme_', '[a-z0-9]{70}', 'gitleaks readme-api-token'],
  ['shippo_(?:live|test)_', '[a-fA-F0-9]{40}', 'gitleaks shippo-api-token'],
  ['AT(?:ATT|CTT|BB)', '[\\w=-]{24,}', 'gitleaks atlassian-api-token'],
  ['sgp_', '\\w{40,}', 'gitleaks sourcegraph-access-token'],
  ['(?:gsk|sbp|r8|figd)_', '[\\w-]{36,}', 'Groq, Supabase, Replicate and Figma keys'],
  ['(?:pplx|nvapi|xai)-', '[\\w-]{40,}', 'gitleaks perplexity-api-key; NVIDIA and xAI keys'],
  ['EZ[AT]K', '[A-Za-z0-9]{54}', 'gitleaks easypost-api-token'],
  ['API-', '[A-Z0-9]{26}\\b', 'gitleaks octopus-deploy-api-key'],
  ['\\$(?:[1567y]|2[abxy]?|gy|sha1|md5|apr1|argon2(?:id|i|d)|scrypt|bcrypt(?:-sha256)?|pbkdf2[\\w-]*)\\$', '[\\w./$=,+-]{8,}', 'crypt(5), htpasswd(1)'],
  ['pbkdf2_sha\\d+\\$', '[\\w./$=+]{16,}', 'Django password hashes'],
  ['grub\\.pbkdf2\\.', '[\\w.]{16,}', 'grub-mkpasswd-pbkdf2(1)'],
  ['SCRAM-SHA-\\d+\\$', '[\\w:$+/=]{16,}', 'PostgreSQL pg_authid'],
  ['\\{(?:S?SHA\\d*|S?MD5|CRYPT|ARGON2|PBKDF2[\\w-]*|SCRAM[\\w-]*)\\}', '[\\w+/=$.{},-]{12,}', 'slappasswd(8)'],
  ['md5(?=[0-9a-f]{8})', '[0-9a-f]{32}\\b', 'PostgreSQL pg_shadow'],
]; // prettier-ignore

/** Secrets without a beginning. */
const SHAPES: readonly (readonly [shape: string, source: string])[] = [
  ['\\d{8,10}:A[\\w-]{34}(?![\\w-])', 'gitleaks telegram-bot-api-token'],
  ['[MNO][\\w-]{23,25}\\.[\\w-]{6}\\.[\\w-]{27,38}', 'detect-secrets discord'],
  ['[\\w~.]{3}\\dQ~[\\w~.-]{31,34}', 'gitleaks azure-ad-client-secret'],
  ['[0-9a-f]{32}-us\\d{1,2}\\b', 'gitleaks mailchimp-api-key'],
  ['[A-Za-z0-9]{14}\\.atlasv1\\.[\\w=-]{60,70}', 'gitleaks hashicorp-tf-api-token'],
  ['pat[A-Za-z0-9]{14}\\.[a-f0-9]{64}', 'gitleaks airtable-personnal-access-token'],
  ['[0-9A-F]{32}:[0-9A-F]{32}(?=:)', 'smbpasswd(5)'],
  ['\\*[0-9A-F]{40}\\b', 'MySQL mysql_native_password'],
];

const FORM = new RegExp(
  `(?<![A-Za-z0-9])(?:${[...FORMS.map(([beginning, rest]) => `(?:${beginning})${rest}`), ...SHAPES.map(([shape]) => shape)].join('|')})`,
  'g',
);
/** Beginnings of the forms, and a part of each shape that begins with a letter: a check that is as fast as one literal. */
const BEGINS = new RegExp(`(?<![A-Za-z0-9])(?:${FORMS.map(([beginning]) => beginning).join('|')})`);
const SHAPED =
  /:A[\w-]{34}|\.[\w-]{6}\.[\w-]{27}|Q~[\w~.-]{31}|-us\d|\.atlasv1\.|pat[A-Za-z0-9]{14}\.|:[0-9A-F]{32}:|\*[0-9A-F]{40}/;
export const FORM_HINTS: readonly RegExp[] = [BEGINS, SHAPED];

export const formEdits = (text: string): readonly Edit[] =>
  [...text.matchAll(FORM)].map((found) => ({ from: found.index, to: found.index + found[0].length, text: MASK }));
