#!/bin/bash
# lab-etcd.sh up|down|status|break FAULT…|repair [FAULT…] [--dir DIR]
# Three members of etcd on loopback: clients at 63811 to 63813 with TLS in both directions, as kubeadm sets it up, peers at 63821 to 63823.
# Faults: peer (one of three ended), quorum (two ended), leader-changes (moved four times), slow-fsync (fdatasync takes 0.7 s, by strace),
# nospace (filled above the quota, alarm), quota (filled to over eight tenths of it), frozen (SIGSTOP).
LABNAME=etcd; ARGS=(); HERE=$(dirname "$(readlink -f "$0")"); . "$HERE/../lib/lab-lib.sh"
FAULTS="peer quorum leader-changes slow-fsync nospace quota frozen"
parse_args "$@"
PKI=$STATE/pki; QUOTA=4194304
# rpc MEMBER METHOD [JSON]   the gateway of a member
rpc() { curl -sS -m 10 --cacert "$PKI/ca.crt" --cert "$PKI/healthcheck-client.crt" --key "$PKI/healthcheck-client.key" "https://127.0.0.1:6381$1/v3/$2" -d "${3:-"{}"}"; }
member() {
  local cluster=m1=http://127.0.0.1:63821,m2=http://127.0.0.1:63822,m3=http://127.0.0.1:63823
  spawn "m$1" etcd --name "m$1" --data-dir "$STATE/m$1" --listen-client-urls "https://127.0.0.1:6381$1" --advertise-client-urls "https://127.0.0.1:6381$1" \
    --listen-peer-urls "http://127.0.0.1:6382$1" --initial-advertise-peer-urls "http://127.0.0.1:6382$1" --initial-cluster "$cluster" --initial-cluster-token lab \
    --cert-file "$PKI/server.crt" --key-file "$PKI/server.key" --client-cert-auth --trusted-ca-file "$PKI/ca.crt" \
    --quota-backend-bytes "$QUOTA" --heartbeat-interval 200 --election-timeout 2000 --log-level warn --logger zap --log-outputs stderr
}
# certificate NAME USAGE   signed by the lab's authority
certificate() {
  printf 'subjectAltName=IP:127.0.0.1,DNS:localhost\nextendedKeyUsage=%s\n' "$2" >"$PKI/$1.ext"
  openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=$1" -keyout "$PKI/$1.key" -out "$PKI/$1.csr" &&
    openssl x509 -req -in "$PKI/$1.csr" -CA "$PKI/ca.crt" -CAkey "$PKI/ca.key" -CAcreateserial -days 30 -extfile "$PKI/$1.ext" -out "$PKI/$1.crt"
}
certificates() {
  mkdir -p "$PKI"; chmod 700 "$PKI"
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj /CN=lab-etcd -keyout "$PKI/ca.key" -out "$PKI/ca.crt" &&
    certificate server serverAuth,clientAuth && certificate healthcheck-client clientAuth
}
led() { rpc "$1" maintenance/status | grep -q '"leader":"[1-9]'; }
leader() { local id; id=$(rpc 1 maintenance/status | grep -o '"leader":"[0-9]*"' | grep -o '[0-9]*'); for i in 1 2 3; do [ "$(id_of "$i")" = "$id" ] && echo "$i"; done; }
id_of() { rpc "$1" maintenance/status | grep -o '"member_id":"[0-9]*"' | grep -o '[0-9]*'; }

up() {
  one_at_a_time; need etcd openssl curl strace
  local begun=$SECONDS i
  [ -s "$PKI/healthcheck-client.crt" ] || certificates >"$STATE/pki.log" 2>&1 || die "see $STATE/pki.log"
  for i in 1 2 3; do member "$i" || return 1; done
  for i in 1 2 3; do wait_for 30 "member $i to have a leader" led "$i" || die "see $STATE/m$i.log"; done
  say "up in $((SECONDS - begun)) s"
}
status() { local i; for i in 1 2 3; do if alive "m$i"; then rpc "$i" maintenance/status; else say "m$i stopped"; fi; done; }
down() {
  one_at_a_time; local i
  reap tracer 3
  for i in 1 2 3; do kill -CONT "$(pid_of "m$i")" 2>/dev/null; reap "m$i" 3; rm -rf "$STATE/m$i"; done
  rm -rf "$STATE/broken"; say "down"
}
purge() { down; rm -rf "$STATE"; say "purged"; }

# size   of the database of the first member, in bytes
size() { rpc 1 maintenance/status '{}' | grep -o '"dbSize":"[0-9]*"' | grep -o '[0-9]*'; }
# fill BYTES [SIZE]   puts values of 100 KB under keys fill0, fill1…, until the database has the size
fill() {
  local value i; value=$(head -c 100000 /dev/zero | base64 -w0)
  for ((i = 0; i * 100000 < $1; i++)); do
    printf '{"key":"%s","value":"%s"}' "$(printf 'fill%d' "$i" | base64)" "$value" >"$STATE/put.json"
    rpc 1 kv/put "@$STATE/put.json" | grep -q '"error"' && break
    # Written to the database every 0.1 s.
    [ -z "${2:-}" ] || { sleep 0.2; [ "$(size)" -lt "$2" ] || break; }
  done
  return 0
}
# emptied   deletes what was filled in, compacts, defragments each member and disarms the alarm
emptied() {
  local i revision
  rpc 1 kv/deleterange "{\"key\":\"$(printf fill | base64)\",\"range_end\":\"$(printf film | base64)\"}" >/dev/null
  revision=$(rpc 1 kv/range "{\"key\":\"$(printf x | base64)\"}" | grep -o '"revision":"[0-9]*"' | grep -o '[0-9]*')
  rpc 1 kv/compaction "{\"revision\":\"$revision\",\"physical\":true}" >/dev/null
  for i in 1 2 3; do rpc "$i" maintenance/defragment >/dev/null; rpc 1 maintenance/alarm "{\"action\":\"DEACTIVATE\",\"memberID\":\"$(id_of "$i")\",\"alarm\":\"NOSPACE\"}" >/dev/null; done
}
break_peer() { reap m3 3; }
repair_peer() { member 3 && wait_for 30 "member 3 to have a leader" led 3; }
break_quorum() { reap m2 3; reap m3 3; }
repair_quorum() { member 2 && member 3 && wait_for 30 "a leader" led 1 && wait_for 30 "a leader" led 3; }
break_leader_changes() {
  local i now to
  for i in 1 2 3 4; do
    now=$(leader); to=$((now % 3 + 1))
    rpc "$now" maintenance/transfer-leadership "{\"targetID\":\"$(id_of "$to")\"}" >/dev/null; sleep 0.3
  done
}
repair_leader_changes() { :; }
break_slow_fsync() {
  spawn tracer strace -f -qq -o "$STATE/strace.out" -e trace=fdatasync -e inject=fdatasync:delay_exit=700000 -p "$(pid_of m1)" &&
    spawn writer bash -c 'while :; do curl -s -m 5 --cacert "$1/ca.crt" --cert "$1/healthcheck-client.crt" --key "$1/healthcheck-client.key" https://127.0.0.1:63811/v3/kv/put -d "{\"key\":\"eA==\",\"value\":\"eA==\"}" >/dev/null; sleep 0.1; done' writer "$PKI"
}
repair_slow_fsync() { reap writer 2; reap tracer 3; wait_for 20 "a leader" led 1; }
break_nospace() { fill 9000000; }
repair_nospace() { emptied; }
break_quota() { fill 9000000 $((QUOTA * 83 / 100)); }
repair_quota() { emptied; }
break_frozen() { kill -STOP "$(pid_of m1)"; }
repair_frozen() { kill -CONT "$(pid_of m1)"; wait_for 20 "a leader" led 1; }
run_verb
