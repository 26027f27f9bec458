#!/bin/bash
# Build of a current Kubernetes minor from its published Go modules into DIR: kube-apiserver, kube-controller-manager,
# kube-scheduler, kubelet and etcd as one program under five names, linked once, and kubectl separately, because its start
# time is the cost of a reading on the host. Needs the Go version of k8s.io/kubernetes, and its module proxy. About 2 GiB of
# caches; minutes once, skipped when DIR holds that version already.
set -euo pipefail
usage() {
  echo "usage: build-modern.sh DIR [--version v1.MINOR.PATCH]   (DIR gets the programs and built-by)"
  exit 2
}
version=v1.34.4
out=
while [ $# -gt 0 ]; do
  case $1 in
    --version) version=${2:-}; shift ;;
    --version=*) version=${1#--version=} ;;
    -*) usage ;;
    *) [ -z "$out" ] || usage; out=$1 ;;
  esac
  shift
done
[ -n "$out" ] || usage
[[ $version =~ ^v1\.([0-9]+)\.[0-9]+$ ]] || { echo "build-modern: '$version': expected a version like v1.34.4" >&2; exit 2; }
minor=${BASH_REMATCH[1]}
staging=v0.${version#v1.}
daemons='kube-apiserver kube-controller-manager kube-scheduler kubelet etcd'

built() {
  local name
  [ "$(cat "$out/built-by" 2>/dev/null)" = "modules $version" ] || return 1
  for name in $daemons kubectl; do [ -x "$out/$name" ] || return 1; done
}
if built; then echo "build-modern: $version is in $out already"; exit 0; fi
command -v go >/dev/null || { echo "build-modern: error: no Go here (apt-get install golang, or go.dev's, of the version in the go.mod of k8s.io/kubernetes)" >&2; exit 1; }

work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT
mkdir -p "$out"
cd "$work"
export GOFLAGS=-mod=mod GOWORK=off CGO_ENABLED=0
source=$(go mod download -json "k8s.io/kubernetes@$version" | sed -n 's/^\t"Dir": "\(.*\)",\{0,1\}$/\1/p')
[ -d "$source" ] || { echo "build-modern: error: the module proxy has no k8s.io/kubernetes@$version" >&2; exit 1; }

# Versions of its go.mod, with the staging directories (which are not in the module) replaced by their published modules.
{
  sed -e 's,^module .*,module crashcart.lab/kubernetes,' -e "s,^\(\tk8s.io/[a-z-]*\) v0\.0\.0\( \|\$\),\1 $staging\2," \
    -e "s,^\(\tk8s.io/[a-z-]*\) => \./staging/.*,\1 => \1 $staging," "$source/go.mod"
  printf '\nrequire k8s.io/kubernetes %s\n' "$version"
} >go.mod
cp "$source/go.sum" go.sum
mkdir -p daemons kubectl
cat >daemons/main.go <<'GO'
package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	_ "time/tzdata"

	"github.com/spf13/cobra"
	"go.etcd.io/etcd/server/v3/etcdmain"
	"k8s.io/component-base/cli"
	_ "k8s.io/component-base/logs/json/register"
	_ "k8s.io/component-base/metrics/prometheus/clientgo"
	_ "k8s.io/component-base/metrics/prometheus/version"
	apiserver "k8s.io/kubernetes/cmd/kube-apiserver/app"
	manager "k8s.io/kubernetes/cmd/kube-controller-manager/app"
	scheduler "k8s.io/kubernetes/cmd/kube-scheduler/app"
	kubelet "k8s.io/kubernetes/cmd/kubelet/app"
)

func main() {
	var command *cobra.Command
	switch name := filepath.Base(os.Args[0]); name {
	case "etcd":
		etcdmain.Main(os.Args)
		return
	case "kube-apiserver":
		command = apiserver.NewAPIServerCommand()
	case "kube-controller-manager":
		command = manager.NewControllerManagerCommand()
	case "kube-scheduler":
		command = scheduler.NewSchedulerCommand()
	case "kubelet":
		command = kubelet.NewKubeletCommand(context.Background())
	default:
		fmt.Fprintf(os.Stderr, "no program of the name %q\n", name)
		os.Exit(2)
	}
	os.Exit(cli.Run(command))
}
GO
cat >kubectl/main.go <<'GO'
package main

import (
	"os"

	"k8s.io/component-base/cli"
	"k8s.io/kubectl/pkg/cmd"
	"k8s.io/kubectl/pkg/cmd/util"
)

func main() {
	if err := cli.RunNoErrOutput(cmd.NewDefaultKubectlCommand()); err != nil {
		util.CheckErr(err)
	}
	os.Exit(0)
}
GO

flags='-s -w'
for package in k8s.io/component-base/version k8s.io/client-go/pkg/version; do
  flags+=" -X $package.gitVersion=$version -X $package.gitMajor=1 -X $package.gitMinor=$minor -X $package.gitCommit=modules -X $package.gitTreeState=clean"
done
for program in kubectl daemons; do
  echo "build-modern: $(date +%T) compiling $program of $version"
  go build -trimpath -ldflags "$flags" -o "$work/$program.bin" "./$program"
done
mv "$work/kubectl.bin" "$out/kubectl"
mv "$work/daemons.bin" "$out/kubernetes"
for name in $daemons; do ln -sfn kubernetes "$out/$name"; done
echo "modules $version" >"$out/built-by"
echo "build-modern: $(date +%T) $version is in $out ($(du -sh "$out" | cut -f1))"
