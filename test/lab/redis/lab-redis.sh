#!/bin/bash
# lab-redis.sh up|down|status|break FAULT…|repair [FAULT…] [--dir DIR]
# Redis with a replica (63791, 63792), memcached (63793), and HAProxy (63795, 63799) with two web servers and a slow one, on loopback.
# Faults: memory (writes above maxmemory), evictions (allkeys-lru), snapshot (bgsave fails), link (replica without its source), clients (23 of 24),
# slow (a command of 1.2 s), busy (a script without end), frozen (SIGSTOP), password, memcached-connections, memcached-evictions,
# haproxy-server (one of two), haproxy-backend (both), haproxy-queue.
LABNAME=redis; ARGS=(); HERE=$(dirname "$(readlink -f "$0")"); . "$HERE/../lib/lab-lib.sh"
PATH=$PATH:/usr/sbin:/sbin
FAULTS="memory evictions snapshot link clients slow busy frozen password memcached-connections memcached-evictions haproxy-server haproxy-backend haproxy-queue"
parse_args "$@"
SOURCE=63791; REPLICA=63792
cli() { timeout 5 redis-cli -p "$SOURCE" "$@"; }
on_replica() { timeout 5 redis-cli -p "$REPLICA" "$@"; }
server() { local name=$1 port=$2; shift 2; mkdir -p "$STATE/$name"; spawn "$name" redis-server --port "$port" --bind 127.0.0.1 --dir "$STATE/$name" --save '' --set-proc-title no --enable-protected-configs yes --enable-debug-command yes "$@"; }
web() { mkdir -p "$STATE/www"; echo ok >"$STATE/www/index.html"; spawn "$1" python3 -m http.server --bind 127.0.0.1 --directory "$STATE/www" "$2"; }
# crowd NAME NUMBER PORT [TEXT]   connections that stay, each of which sends TEXT
crowd() { spawn "$1" bash -c 'for i in $(seq "$1"); do exec {fd}<>"/dev/tcp/127.0.0.1/$2"; printf "$3" >&"$fd"; done; exec sleep 3600' crowd "$2" "$3" "${4:-}" "$STATE"; }
linked() { on_replica info replication | grep -q master_link_status:up; }
answers() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

up() {
  one_at_a_time; need redis-server redis-cli memcached haproxy python3
  local begun=$SECONDS
  server source "$SOURCE" --maxmemory 64mb --maxmemory-policy noeviction || return 1
  wait_for 10 "the source" cli ping || die "see $STATE/source.log"
  server replica "$REPLICA" --replicaof "127.0.0.1 $SOURCE" || return 1
  spawn memcached memcached -u daemon -l 127.0.0.1 -p 63793 -m 8 -c 64 -P "$STATE/memcached-own.pid" || return 1
  web web1 63796 && web web2 63797 || return 1
  # Takes connections and never replies.
  spawn sink python3 -c 'import socket, time
s = socket.socket(); s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1); s.bind(("127.0.0.1", 63798)); s.listen(64); time.sleep(1e6)' "$STATE" || return 1
  cat >"$STATE/haproxy.cfg" <<-CFG
	global
	  stats socket $STATE/admin.sock mode 600 level user
	  maxconn 200
	defaults
	  mode http
	  timeout connect 2s
	  timeout client 1h
	  timeout server 1h
	  timeout queue 1h
	frontend web
	  bind 127.0.0.1:63795
	  default_backend api
	frontend slow-in
	  bind 127.0.0.1:63799
	  default_backend slow
	backend api
	  default-server check inter 500ms fall 2 rise 1
	  server web1 127.0.0.1:63796
	  server web2 127.0.0.1:63797
	backend slow
	  server sink 127.0.0.1:63798 maxconn 1
	CFG
  spawn haproxy haproxy -db -f "$STATE/haproxy.cfg" || return 1
  wait_for 15 "the replica to be linked" linked || die "see $STATE/replica.log"
  wait_for 10 "HAProxy" answers 63795 || die "see $STATE/haproxy.log"
  say "up in $((SECONDS - begun)) s"
}
status() { if alive source; then cli info replication; else say stopped; fi; }
down() {
  one_at_a_time; local name
  kill -CONT "$(pid_of source)" 2>/dev/null
  for name in writer crowd looper memcached-crowd memcached-writer queue-crowd haproxy web1 web2 sink memcached replica source; do reap "$name" 3; done
  rm -rf "$STATE/source" "$STATE/replica" "$STATE/www" "$STATE/gone" "$STATE/broken"; say "down"
}
purge() { down; rm -rf "$STATE"; say "purged"; }

# writer   sets values of 64 KiB, several per second
writer() { spawn writer bash -c 'value=$(head -c 65536 /dev/zero | tr "\0" x); for ((i = 0; ; i++)); do echo "set key:$i $value"; sleep 0.02; done | redis-cli -p "$1" >/dev/null' writer "$SOURCE" "$STATE"; }
break_memory() { cli config set maxmemory 8mb >/dev/null && writer; }
repair_memory() { reap_group writer; cli flushall >/dev/null; cli config set maxmemory 64mb >/dev/null; }
break_evictions() { cli config set maxmemory 8mb maxmemory-policy allkeys-lru >/dev/null && writer; }
repair_evictions() { repair_memory; cli config set maxmemory-policy noeviction >/dev/null; }
break_snapshot() { mkdir -p "$STATE/gone" && cli config set dir "$STATE/gone" >/dev/null && rmdir "$STATE/gone" && cli set a b >/dev/null && cli bgsave >/dev/null; }
repair_snapshot() { cli config set dir "$STATE/source" >/dev/null; cli bgsave >/dev/null; wait_for 5 "a snapshot" snapshot_ok; }
snapshot_ok() { cli info persistence | grep -q rdb_last_bgsave_status:ok; }
break_link() { on_replica replicaof 127.0.0.1 1 >/dev/null; }
repair_link() { on_replica replicaof 127.0.0.1 "$SOURCE" >/dev/null; wait_for 15 "the replica to be linked" linked; }
break_clients() { cli config set maxclients 32 >/dev/null && crowd crowd 28 "$SOURCE"; }
repair_clients() { reap crowd 2; cli config set maxclients 10000 >/dev/null; }
break_slow() { cli debug sleep 1.2 >/dev/null; }
repair_slow() { cli slowlog reset >/dev/null; }
break_busy() { spawn looper bash -c 'redis-cli -p "$1" eval "while true do end" 0' looper "$SOURCE" "$STATE" && sleep 5.5; }
repair_busy() { cli script kill >/dev/null; reap looper 2; }
break_frozen() { kill -STOP "$(pid_of source)"; }
repair_frozen() { kill -CONT "$(pid_of source)"; wait_for 10 "the source" cli ping; }
# Connections of its default user stay; those of the console end.
break_password() { cli config set requirepass labsecret >/dev/null; cli -a labsecret --no-auth-warning client kill type normal skipme yes >/dev/null; }
repair_password() { cli -a labsecret --no-auth-warning config set requirepass '' >/dev/null; }
break_memcached_connections() { crowd memcached-crowd 58 63793; }
# It closes them a little later.
repair_memcached_connections() { reap memcached-crowd 2; sleep 1; }
break_memcached_evictions() {
  spawn memcached-writer python3 -c 'import socket, time
s = socket.create_connection(("127.0.0.1", 63793)); i = 0
while True:
    i += 1; s.sendall(b"set key%d 0 0 100000\r\n" % i + b"x" * 100000 + b"\r\n"); s.recv(64); time.sleep(0.02)' "$STATE"
}
repair_memcached_evictions() { reap memcached-writer 2; }
break_haproxy_server() { reap web2 2; }
repair_haproxy_server() { web web2 63797; }
break_haproxy_backend() { reap web1 2; reap web2 2; }
repair_haproxy_backend() { web web1 63796 && web web2 63797; }
break_haproxy_queue() { crowd queue-crowd 9 63799 'GET / HTTP/1.0\r\n\r\n'; }
repair_haproxy_queue() { reap queue-crowd 2; }
# reap_group NAME   ends the whole process group of a daemon: a pipe of programs
reap_group() { local pid; pid=$(pid_of "$1") && alive "$1" && kill -KILL -- "-$(ps -o pgid= -p "$pid" | tr -d ' ')"; rm -f "$STATE/$1.pid"; }
run_verb
