#!/bin/bash
# lab-postgresql.sh up|down|status|break FAULT…|repair [FAULT…] [--dir DIR]
# Two servers of PostgreSQL with peer authentication on /var/run/postgresql: a primary (54399) and its streaming standby (54400).
# Faults: lock-chain (an idle transaction blocks two sessions), connections (all but the reserved ones), replay-paused, archiver,
# contained (no fault: a third server in separate namespaces, whose socket is not on the host, with a table that is due for vacuum).
LABNAME=postgresql; ARGS=(); HERE=$(dirname "$(readlink -f "$0")"); . "$HERE/../lib/lab-lib.sh"
PATH=$PATH:/usr/sbin:/sbin
FAULTS="lock-chain connections replay-paused archiver contained"
parse_args "$@"
PORT=54399; RUN=/var/run/postgresql
BIN=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1)
as() { runuser -u postgres -- env -C / "$@"; }
sql_on() { local port=$1; shift; as "$BIN/psql" -XqAt -v ON_ERROR_STOP=1 -h "$RUN" -p "$port" "$@"; }
sql() { sql_on "$PORT" -d "${DB:-shop}" -c "$1"; }
server() { spawn "$1" runuser -u postgres -- env -C / "$BIN/postgres" -D "$STATE/$1" -p "$2" -k "$RUN" -c listen_addresses= -c fsync=off "${@:3}"; }
# session NAME SQL…   a client with that application_name, which runs the statements and then stays
session() { local name=$1; shift; spawn "$name" runuser -u postgres -- env -C / "PGAPPNAME=$name" "LAB=$STATE" bash -c 'for s in "$@"; do echo "$s"; done | cat - <(exec sleep 3600) | '"$BIN"'/psql -Xq -h '"$RUN"' -p '"$PORT"' shop' "$STATE" "$@"; }
streaming() { [ "$(DB=postgres sql "select count(*) from pg_stat_replication where state = 'streaming'")" = 1 ]; }

up() {
  one_at_a_time; [ -n "$BIN" ] || die "PostgreSQL is not installed (see the file 'packages' beside this script)"
  local begun=$SECONDS; mkdir -p "$RUN"; chown postgres:postgres "$RUN" "$STATE"; chmod 2775 "$RUN"; chmod 755 "$STATE"
  [ -e "$STATE/primary/PG_VERSION" ] || as "$BIN/initdb" -D "$STATE/primary" -A peer --no-sync >"$STATE/initdb.log" 2>&1 || die "initdb failed, see $STATE/initdb.log"
  grep -q '^archive_command' "$STATE/primary/postgresql.conf" || echo "archive_command = 'true'" >>"$STATE/primary/postgresql.conf"
  server primary "$PORT" -c shared_buffers=32MB -c max_connections=20 -c max_wal_senders=4 -c archive_mode=on -c deadlock_timeout=1s || return 1
  wait_for 30 "the primary" as "$BIN/pg_isready" -q -h "$RUN" -p "$PORT" || die "see $STATE/primary.log"
  DB=postgres sql "select 1 from pg_database where datname = 'shop'" | grep -q 1 || { DB=postgres sql 'create database shop' && sql 'create table stock (id int primary key, left_over int); insert into stock select i, 9 from generate_series(1, 1000) i'; } || die "cannot make the database"
  DB=postgres sql "select pg_create_physical_replication_slot('standby1') where not exists (select from pg_replication_slots)" >/dev/null
  [ -e "$STATE/standby/PG_VERSION" ] || as "$BIN/pg_basebackup" -h "$RUN" -p "$PORT" -D "$STATE/standby" -R -S standby1 -X stream -c fast --no-sync || die "pg_basebackup failed"
  server standby $((PORT + 1)) -c shared_buffers=16MB -c cluster_name=standby1 || return 1
  wait_for 30 "the standby to stream" streaming || die "see $STATE/standby.log"
  say "up in $((SECONDS - begun)) s"
}
status() { if alive primary; then sql "select pid, application_name, state, pg_blocking_pids(pid) from pg_stat_activity where backend_type = 'client backend'"; else say stopped; fi; }
down() {
  one_at_a_time; local name
  for name in lock-3 lock-2 lock-1 crowd; do reap "$name" 2; done
  repair_contained
  for name in standby primary; do [ ! -e "$STATE/$name/postmaster.pid" ] || as "$BIN/pg_ctl" -D "$STATE/$name" -m immediate stop >/dev/null 2>&1; reap "$name"; done
  rm -rf "$STATE/primary" "$STATE/standby" "$STATE/broken"; say "down"
}
purge() { down; rm -rf "$STATE"; say "purged"; }

break_lock_chain() {
  session lock-1 'begin;' 'update stock set left_over = 1 where id = 1;' && sleep 0.7 && session lock-2 'begin;' 'update stock set left_over = 2 where id = 2;' 'update stock set left_over = 2 where id = 1;' &&
    sleep 0.7 && session lock-3 'update stock set left_over = 3 where id = 2;'
}
repair_lock_chain() { reap lock-3 1; reap lock-2 1; reap lock-1 1; sql "select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'lock-%'" >/dev/null; }
break_connections() {
  spawn crowd runuser -u postgres -- env -C / PGAPPNAME=crowd bash -c 'for i in {1..17}; do (exec sleep 3600 | '"$BIN"'/psql -Xq -h '"$RUN"' -p '"$PORT"' shop) & done; wait' "$STATE"
}
repair_connections() { reap crowd 1; pkill -f "psql -Xq -h $RUN -p $PORT shop"; DB=postgres sql "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'crowd'" >/dev/null; }
break_replay_paused() { sql_on $((PORT + 1)) -d shop -c 'select pg_wal_replay_pause()' >/dev/null; }
repair_replay_paused() { sql_on $((PORT + 1)) -d shop -c 'select pg_wal_replay_resume()' >/dev/null; }
break_archiver() { DB=postgres sql "alter system set archive_command = 'false'" && DB=postgres sql 'select pg_reload_conf()' >/dev/null && sql 'create table if not exists waste (i int); insert into waste values (1); select pg_switch_wal()' >/dev/null; }
repair_archiver() { DB=postgres sql 'alter system reset archive_command' && DB=postgres sql 'select pg_reload_conf()' >/dev/null && sql 'insert into waste values (1); select pg_switch_wal()' >/dev/null; }
sql_contained() { nsenter --mount --target "$(pgrep -P "$(pid_of contained)")" setpriv --reuid=postgres --regid=postgres --init-groups env -C / "$BIN/psql" -XqAt -v ON_ERROR_STOP=1 -h /var/run/postgresql -p 5432 -d postgres -c "$1"; }
break_contained() {
  [ -e "$STATE/contained/PG_VERSION" ] || as "$BIN/initdb" -D "$STATE/contained" -A peer --no-sync >"$STATE/initdb-contained.log" 2>&1 || die "initdb failed, see $STATE/initdb-contained.log"
  spawn contained unshare --mount --net --pid --fork --kill-child --mount-proc bash -c 'mount -t tmpfs tmpfs /run && install -d -o postgres /run/postgresql &&
    exec setpriv --reuid=postgres --regid=postgres --init-groups env -C / "$0" -D "$1" -p 5432 -k /var/run/postgresql -c listen_addresses= -c fsync=off -c shared_buffers=16MB -c shared_preload_libraries=pg_stat_statements' "$BIN/postgres" "$STATE/contained" || return 1
  wait_for 15 "the server in the namespace" sql_contained 'select 1' || return 1
  sql_contained 'create extension if not exists pg_stat_statements; create table if not exists shelf (id int primary key, n int) with (autovacuum_enabled = off); insert into shelf select i, 9 from generate_series(1, 1000) i on conflict do nothing; update shelf set n = n + 1'
}
repair_contained() { reap contained; rm -rf "$STATE/contained"; }
run_verb
