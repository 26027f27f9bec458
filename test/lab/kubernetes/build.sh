# Build of Kubernetes 1.20.2 from Debian's source package with Debian's Go 1.19, sourced by lab-kubernetes.sh. It installs
# nothing and needs no Go module proxy (build-modern.sh builds later versions). Only the programs stay; LAB_KEEP_BUILD=1
# keeps the rest.
PROGRAMS="kube-apiserver kube-controller-manager kube-scheduler kubelet kubectl"
CNI_PLUGINS="ptp host-local loopback"
WORK=$CACHE/kubernetes/build

built() {
  local program
  for program in $PROGRAMS; do [ -x "$BIN/$program" ] || return 1; done
  for program in $CNI_PLUGINS; do [ -x "$BIN/cni/$program" ] || return 1; done
}

# own_apt ARGS…   apt-get with separate lists: the Debian archives of this machine, with their source packages
own_apt() {
  timeout 900 apt-get -q -o Dir::Etc::sourcelist="$WORK/apt/sources.list" -o Dir::Etc::sourceparts="$WORK/apt/none" \
    -o Dir::State::lists="$WORK/apt/lists" -o Dir::Cache="$WORK/apt/cache" -o APT::Sandbox::User=root "$@" >"$WORK/apt.log" 2>&1 ||
    die "apt-get $1: $(tail -n 3 "$WORK/apt.log")"
}
prepare_apt() {
  local signed=''; [ -e /usr/share/keyrings/debian-archive-keyring.gpg ] && signed='[signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] '
  mkdir -p "$WORK/apt/none" "$WORK/apt/lists/partial" "$WORK/apt/cache/archives/partial"
  # shellcheck disable=SC2016
  apt-get indextargets 'Created-By: Packages' 'Origin: Debian' --format '$(REPO_URI) $(RELEASE) $(COMPONENT)' | sort -u |
    while read -r uri release component; do
      printf "deb $signed%s %s %s\ndeb-src $signed%s %s %s\n" "$uri" "$release" "$component" "$uri" "$release" "$component"
    done >"$WORK/apt/sources.list"
  [ -s "$WORK/apt/sources.list" ] || die "apt knows no archive of Debian here: apt-get update (this build wants Debian 12)"
  own_apt update
}
# unpack PACKAGE FOLDER   downloads and unpacks a package without an installation
unpack() {
  [ -e "$2/.unpacked.$1" ] && return 0
  rm -rf "$WORK/deb"; mkdir -p "$2" "$WORK/deb"
  (cd "$WORK/deb" && own_apt download "$1") || exit 1
  dpkg-deb -x "$WORK"/deb/*.deb "$2" || die "cannot unpack $1"
  touch "$2/.unpacked.$1"
}

fetch_source() {
  local unpacked reflect
  [ ! -e "$SOURCE/.ready" ] || return 0
  rm -rf "$WORK/source" "$SOURCE"; mkdir -p "$WORK/source" "$(dirname "$SOURCE")"
  (cd "$WORK/source" && own_apt source kubernetes) || exit 1
  unpacked=$(find "$WORK/source" -mindepth 1 -maxdepth 1 -type d -name 'kubernetes-1.20*')
  [ -d "$unpacked" ] || die "Debian's kubernetes is not 1.20 any more: $(ls "$WORK/source")"
  mv "$unpacked" "$SOURCE"
  # reflect2 1.0.2 replaces the vendored 1.0.1, which crashes after minutes when built with Go 1.18 or later.
  reflect=$SOURCE/vendor/github.com/modern-go/reflect2
  rm -rf "$reflect"; cp -r "$WORK/reflect2/usr/share/gocode/src/github.com/modern-go/reflect2" "$reflect"
  touch "$SOURCE/.ready"
}
# generate_openapi   the one generated file that the build needs and the source package lacks
generate_openapi() {
  local folders
  [ ! -s pkg/generated/openapi/zz_generated.openapi.go ] || return 0
  timeout 600 go build -o "$WORK/openapi-gen" ./vendor/k8s.io/kube-openapi/cmd/openapi-gen || die "cannot build openapi-gen"
  folders=$(find -L cmd pkg plugin vendor/k8s.io -name '*.go' -not -name 'zz_generated*' -not -path '*/testdata/*' -exec grep -l '+k8s:openapi-gen=' {} + |
    sed 's,/[^/]*$,,' | sort -u | grep -vE 'sample-apiserver|code-generator|kube-openapi|_examples|test' | sed 's,^,k8s.io/kubernetes/,' | paste -sd, -)
  timeout 600 "$WORK/openapi-gen" --logtostderr -i "$folders" -p k8s.io/kubernetes/pkg/generated/openapi -O zz_generated.openapi \
    -h hack/boilerplate/boilerplate.generatego.txt -r "$WORK/api-rules.txt" >"$WORK/openapi.log" 2>&1 || die "openapi-gen: $(tail -n 5 "$WORK/openapi.log")"
}
compile() {
  local version flags='-s -w' at program
  version=$(sed -n '1s/.*(\(.*\)).*/\1/p' debian/changelog); version=${version##*really}; version=v${version%%-*}
  # The second version is the API server's reply on /version.
  for at in component-base/version client-go/pkg/version; do
    at=k8s.io/kubernetes/vendor/k8s.io/$at
    flags+=" -X $at.gitVersion=$version -X $at.gitMajor=1 -X $at.gitMinor=20 -X $at.gitCommit=debian -X $at.gitTreeState=clean"
  done
  for program in $PROGRAMS; do
    [ ! -x "$BIN/$program" ] || continue
    say "compiling $program ($SECONDS s)"
    # Without Docker and the cloud providers, whose libraries are most of the compile time.
    timeout 3600 go build -trimpath -tags 'providerless dockerless' -ldflags "$flags" -o "$BIN/$program.part" "./cmd/$program" >"$WORK/$program.log" 2>&1 ||
      die "building $program: $(tail -n 10 "$WORK/$program.log")"
    mv "$BIN/$program.part" "$BIN/$program"
  done
}

build() {
  local free plugin
  one_at_a_time
  if built; then say "already built, in $BIN"; return 0; fi
  need apt-get dpkg-deb; [ -n "$VERSION" ] || need dpkg-source patch; SECONDS=0
  mkdir -p "$BIN/cni" "$WORK"
  free=$(df -Pm "$WORK" | awk 'NR == 2 { print $4 }')
  [ "$free" -gt 5000 ] || die "only $free MiB are free below $WORK: 5000 are needed"
  prepare_apt
  unpack containernetworking-plugins "$WORK/cni"
  for plugin in $CNI_PLUGINS; do cp "$WORK/cni/usr/lib/cni/$plugin" "$BIN/cni/" || die "no CNI plugin $plugin"; done
  if [ -n "$VERSION" ]; then "$HERE/build-modern.sh" "$BIN" --version "$VERSION" || die "it could not be built"; else build_old; fi
  [ -n "${LAB_KEEP_BUILD:-}" ] || { chmod -R u+w "$WORK"; rm -rf "$WORK"; }
  say "built in $SECONDS s: $(du -sh "$BIN" | cut -f1) in $BIN"
}
build_old() {
  local SOURCE=$WORK/go/path/src/k8s.io/kubernetes
  unpack golang-1.19-go "$WORK/go"; unpack golang-1.19-src "$WORK/go"
  unpack golang-github-modern-go-reflect2-dev "$WORK/reflect2"
  fetch_source
  export GOROOT=$WORK/go/usr/lib/go-1.19 GOPATH=$WORK/go/path GOCACHE=$WORK/go/cache HOME=$WORK CGO_ENABLED=0
  export PATH=$GOROOT/bin:$PATH GO111MODULE=off GOFLAGS='' GOPROXY=off GOSUMDB=off GOTOOLCHAIN=local
  cd "$SOURCE" || exit 1
  generate_openapi; compile
  cd / || exit 1
}
