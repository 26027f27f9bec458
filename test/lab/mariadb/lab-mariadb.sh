#!/bin/bash
# lab-mariadb.sh up|down|status|break FAULT…|repair [FAULT…] [--dir DIR]
# A server of MariaDB on a socket in /run/mysqld, with unix_socket login of root.
# Faults: lock-chain (an idle transaction blocks two sessions), connections (19 of 20).
LABNAME=mariadb; ARGS=(); HERE=$(dirname "$(readlink -f "$0")"); . "$HERE/../lib/lab-lib.sh"
PATH=$PATH:/usr/sbin:/sbin
FAULTS="lock-chain connections"
parse_args "$@"
SOCKET=/run/mysqld/mysqld-lab.sock
CLIENT="mariadb --no-defaults -S $SOCKET"
sql() { $CLIENT -N -e "$1"; }
# session NAME SQL…   a client that runs the statements and then stays
session() { local name=$1; shift; spawn "$name" bash -c 'lab=$1; shift; for s in "$@"; do echo "$s"; done | cat - <(exec sleep 3600) | '"$CLIENT"' -n -u shop shop' "$name" "$STATE" "$@"; }
# end_client NAME   ends the whole process group of a client: its shell, what holds its input open, and the client itself
end_client() { local pid; pid=$(pid_of "$1") && alive "$1" && kill -KILL -- "-$(ps -o pgid= -p "$pid" | tr -d ' ')"; rm -f "$STATE/$1.pid"; }

up() {
  one_at_a_time; need mariadbd mariadb mariadb-install-db
  local begun=$SECONDS; mkdir -p /run/mysqld; chown mysql:mysql /run/mysqld "$STATE"; chmod 755 "$STATE"
  [ -d "$STATE/data/mysql" ] || mariadb-install-db --no-defaults --user=mysql --datadir="$STATE/data" --skip-test-db >"$STATE/install.log" 2>&1 || die "mariadb-install-db failed, see $STATE/install.log"
  spawn server mariadbd --no-defaults --user=mysql --datadir="$STATE/data" --socket="$SOCKET" --pid-file="$STATE/data/server.pid" --skip-networking --innodb-buffer-pool-size=32M --max-connections=20 || return 1
  wait_for 30 "the server" sql 'select 1' || die "see $STATE/server.log"
  sql "create user if not exists shop@localhost; create database if not exists shop; grant all on shop.* to shop@localhost;
    create table if not exists shop.stock (id int primary key, left_over int); insert ignore into shop.stock values (1, 9), (2, 9), (3, 9)" || die "cannot make the database"
  say "up in $((SECONDS - begun)) s"
}
status() { if alive server; then sql 'show processlist'; else say stopped; fi; }
down() {
  one_at_a_time; local name
  for name in lock-3 lock-2 lock-1 crowd; do end_client "$name"; done
  reap server 20; rm -rf "$STATE/data" "$STATE/broken"; say "down"
}
purge() { down; rm -rf "$STATE"; say "purged"; }

break_lock_chain() {
  session lock-1 'begin;' 'update stock set left_over = 1 where id = 1;' && sleep 0.7 && session lock-2 'begin;' 'update stock set left_over = 2 where id = 2;' 'update stock set left_over = 2 where id = 1;' &&
    sleep 0.7 && session lock-3 'update stock set left_over = 3 where id = 2;'
}
repair_lock_chain() { end_client lock-3; end_client lock-2; end_client lock-1; }
break_connections() { spawn crowd bash -c 'for i in {1..18}; do (exec sleep 3600 | '"$CLIENT"' -n -u shop shop) & done; wait' crowd "$STATE"; }
repair_connections() { end_client crowd; }
run_verb
