# Certificates and kubeconfigs at kubeadm's paths below $ETC, sourced by lab-kubernetes.sh.
PKI=$ETC/pki

# cert NAME SUBJECT [SAN] [ended]   a certificate that is valid for a year, or expired an hour ago
cert() {
  local name=$1 subject=$2 san=${3:-} from to ca=$STATE/ca
  from=$(date -u -d '-1 day' +%Y%m%d%H%M%SZ); to=$(date -u -d '+365 days' +%Y%m%d%H%M%SZ)
  [ "${4:-}" != ended ] || to=$(date -u -d '-1 hour' +%Y%m%d%H%M%SZ)
  mkdir -p "$ca"; : >"$ca/index"; echo 'unique_subject = no' >"$ca/index.attr"
  { printf '[ca]\ndefault_ca = lab\n[lab]\ndatabase = %s\nserial = %s\nnew_certs_dir = %s\ndefault_md = sha256\npolicy = any\n' "$ca/index" "$ca/serial" "$ca"
    printf '[any]\ncommonName = supplied\norganizationName = optional\n[ext]\nextendedKeyUsage = serverAuth,clientAuth\nkeyUsage = digitalSignature\n'
    [ -z "$san" ] || printf 'subjectAltName = %s\n' "$san"
  } >"$ca/config"
  openssl ecparam -name prime256v1 -genkey -noout -out "$PKI/$name.key" &&
    openssl req -new -key "$PKI/$name.key" -subj "$subject" -out "$ca/request" &&
    openssl ca -batch -notext -config "$ca/config" -create_serial -rand_serial -cert "$PKI/ca.crt" -keyfile "$PKI/ca.key" -extensions ext -startdate "$from" -enddate "$to" \
      -in "$ca/request" -out "$PKI/$name.crt" >"$ca/log" 2>&1 || die "no certificate $name: $(tail -n 3 "$ca/log")"
}
# kubeconfig FILE USER CERTIFICATE inline|files
kubeconfig() {
  local ca crt key
  if [ "$4" = inline ]; then
    ca="certificate-authority-data: $(base64 -w0 "$PKI/ca.crt")"; crt="client-certificate-data: $(base64 -w0 "$PKI/$3.crt")"; key="client-key-data: $(base64 -w0 "$PKI/$3.key")"
  else ca="certificate-authority: $PKI/ca.crt"; crt="client-certificate: $PKI/$3.crt"; key="client-key: $PKI/$3.key"; fi
  cat >"$1.part" <<YAML
apiVersion: v1
kind: Config
clusters:
- name: kubernetes
  cluster:
    server: https://127.0.0.1:$API_PORT
    $ca
contexts:
- name: $2@kubernetes
  context:
    cluster: kubernetes
    user: $2
current-context: $2@kubernetes
users:
- name: $2
  user:
    $crt
    $key
YAML
  mv "$1.part" "$1"
}
api_cert() { cert apiserver /CN=kube-apiserver IP:127.0.0.1,IP:10.96.0.1,DNS:localhost,DNS:kubernetes,DNS:kubernetes.default,DNS:kubernetes.default.svc "${1:-}"; }
# make_pki   new certificates at each `up`, so that none expires while the lab is up
make_pki() {
  local umask_before; umask_before=$(umask); umask 077
  rm -rf "$ETC" "$STATE/ca"; mkdir -p "$PKI" "$ETC/manifests"
  openssl ecparam -name prime256v1 -genkey -noout -out "$PKI/ca.key" &&
    openssl req -x509 -new -key "$PKI/ca.key" -subj /CN=kubernetes -days 365 -sha256 -out "$PKI/ca.crt" -addext keyUsage=critical,keyCertSign,digitalSignature || die "no certificate authority"
  api_cert
  cert apiserver-kubelet-client /O=system:masters/CN=kube-apiserver-kubelet-client
  cert kubelet "/O=system:nodes/CN=system:node:$NODE" "IP:$NODE_IP,DNS:$NODE"
  cert admin /O=system:masters/CN=kubernetes-admin
  cert controller-manager /CN=system:kube-controller-manager
  cert scheduler /CN=system:kube-scheduler
  openssl ecparam -name prime256v1 -genkey -noout -out "$PKI/sa.key" && openssl ec -in "$PKI/sa.key" -pubout -out "$PKI/sa.pub" 2>/dev/null || die "no key for service accounts"
  kubeconfig "$OWN_CONFIG" kubernetes-admin admin inline
  cp "$OWN_CONFIG" "$ETC/admin.conf"
  kubeconfig "$ETC/kubelet.conf" "system:node:$NODE" kubelet files
  kubeconfig "$ETC/controller-manager.conf" system:kube-controller-manager controller-manager files
  kubeconfig "$ETC/scheduler.conf" system:kube-scheduler scheduler files
  # Modes of kubeadm: only keys and kubeconfigs are 0600.
  chmod 755 "$ETC" "$PKI" "$ETC/manifests"; chmod 644 "$PKI"/*.crt
  umask "$umask_before"
}
