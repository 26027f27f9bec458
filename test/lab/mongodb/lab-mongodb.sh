#!/bin/bash
# lab-mongodb.sh up|build|down|status|break FAULT…|repair [FAULT…] [--dir DIR]
# FerretDB with SQLite, which speaks the protocol of MongoDB, at 127.0.0.1:63810: no mongod is in Debian or a registry. It has neither replication nor
# WiredTiger. It is built once from its Go module (Go 1.24, some minutes) into the cache; a program of PyMongo, the official driver, is its client.
# Faults: frozen (SIGSTOP), connections (56 more than it has files for), password (its commands need a login).
LABNAME=mongodb; ARGS=(); HERE=$(dirname "$(readlink -f "$0")"); . "$HERE/../lib/lab-lib.sh"
FAULTS="frozen connections password"
parse_args "$@"
PORT=63810
VERSION=1.24.2
PROGRAM=$CACHE/ferretdb-$VERSION/ferretdb

# Built from a copy of the module, since its main program wants a file of its version that the module lacks.
build() {
  [ -x "$PROGRAM" ] && return 0
  need go
  local copy=$PROGRAM.build from
  from=$(cd / && go mod download -json "github.com/FerretDB/FerretDB@v$VERSION" | sed -n 's/^\t"Dir": "\(.*\)",$/\1/p') && [ -d "$from" ] || return 1
  rm -rf "$copy"; mkdir -p "$(dirname "$PROGRAM")" && cp -r --no-preserve=mode "$from" "$copy" && echo "v$VERSION" >"$copy/build/version/version.txt" || return 1
  (cd "$copy" && GOFLAGS=-buildvcs=false go build -trimpath -tags ferretdb_no_postgresql -o "$PROGRAM.new" ./cmd/ferretdb) && mv "$PROGRAM.new" "$PROGRAM" || return 1
  rm -rf "$copy"
}
# server [OPTION…]   nothing is reported to its makers
server() {
  mkdir -p "$STATE/data" && DO_NOT_TRACK=1 spawn server prlimit --nofile="${FILES:-4096}" "$PROGRAM" --handler=sqlite --sqlite-url="file:$STATE/data/" --state-dir="$STATE/data" \
    --listen-addr="127.0.0.1:$PORT" --debug-addr=- --telemetry=disable --repl-set-name=rs0 "$@" || return 1
  wait_for 20 "the server" answers
}
# The official driver; without servers' discovery, since the name in hello is that of the host.
client() { timeout 20 /usr/bin/python3 "$HERE/client.py" "$PORT" "$@"; }
answers() { (exec 3<>"/dev/tcp/127.0.0.1/$PORT") 2>/dev/null; }

up() {
  one_at_a_time; need prlimit; local begun=$SECONDS
  build || die "FerretDB was not built"
  if alive server; then say "already up"; return; fi
  rm -rf "$STATE/data"; server || die "see $STATE/server.log"
  client fill || die "the driver cannot write"
  say "up in $((SECONDS - begun)) s"
}
status() { if alive server; then client hello; else say stopped; fi; }
down() { one_at_a_time; kill -CONT "$(pid_of server)" 2>/dev/null; reap crowd 2; reap server 5; rm -rf "$STATE/data" "$STATE/login" "$STATE/broken"; say "down"; }
purge() { down; rm -rf "$STATE"; say "purged"; }

break_frozen() { kill -STOP "$(pid_of server)"; }
repair_frozen() { kill -CONT "$(pid_of server)"; }
break_connections() {
  reap server 5; FILES=64 server && spawn crowd bash -c 'for i in $(seq 56); do exec {fd}<>"/dev/tcp/127.0.0.1/$1"; done; exec sleep 3600' crowd "$PORT" "$STATE"
}
repair_connections() { reap crowd 2; reap server 5; server; }
# Another folder: users are made once, in an empty one.
break_password() { reap server 5; mv "$STATE/data" "$STATE/login"; server --test-enable-new-auth --setup-database=lab --setup-username=lab --setup-password=labsecret; }
repair_password() { reap server 5; rm -rf "$STATE/data"; mv "$STATE/login" "$STATE/data"; server; }
run_verb
