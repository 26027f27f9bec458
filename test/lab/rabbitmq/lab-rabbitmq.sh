#!/bin/bash
# lab-rabbitmq.sh up|down|status|break FAULT…|repair [FAULT…] [--dir DIR]
# A node of RabbitMQ on loopback (63701) with rabbitmq_prometheus on its usual port (15692), and its own epmd (63700).
# Faults: memory-alarm, disk-alarm (limits set below what is used), no-consumers (messages in a queue that none takes), frozen (SIGSTOP).
LABNAME=rabbitmq; ARGS=(); HERE=$(dirname "$(readlink -f "$0")"); . "$HERE/../lib/lab-lib.sh"
PATH=$PATH:/usr/sbin:/sbin
FAULTS="memory-alarm disk-alarm no-consumers frozen"
parse_args "$@"
PORT=63701; BIN=/usr/lib/rabbitmq/bin
export HOME=$STATE RABBITMQ_NODENAME=lab@localhost RABBITMQ_MNESIA_BASE=$STATE/data RABBITMQ_LOG_BASE=$STATE/log RABBITMQ_ENABLED_PLUGINS_FILE=$STATE/enabled_plugins \
  RABBITMQ_CONFIG_FILE=$STATE/rabbitmq.conf RABBITMQ_CONF_ENV_FILE=$STATE/none RABBITMQ_DIST_PORT=63702 ERL_EPMD_PORT=63700 ERL_EPMD_ADDRESS=127.0.0.1 LC_ALL=C.UTF-8 \
  RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS="-kernel inet_dist_use_interface {127,0,0,1} -lab $STATE"
ctl() { timeout 60 "$BIN/rabbitmqctl" -q "$@"; }
url() { echo "amqp://guest:guest@127.0.0.1:$PORT/%2f"; }
scraped() { (exec 3<>/dev/tcp/127.0.0.1/15692) 2>/dev/null; }

up() {
  one_at_a_time; [ -x "$BIN/rabbitmq-server" ] || die "RabbitMQ is not installed (see the file 'packages' beside this script)"; need amqp-publish
  local begun=$SECONDS
  mkdir -p "$STATE/data" "$STATE/log"
  echo '[rabbitmq_prometheus].' >"$STATE/enabled_plugins"
  printf '%s\n' "listeners.tcp.local = 127.0.0.1:$PORT" 'prometheus.tcp.ip = 127.0.0.1' 'prometheus.tcp.port = 15692' >"$STATE/rabbitmq.conf"
  spawn node "$BIN/rabbitmq-server" "$STATE" || return 1
  wait_for 90 "the node" ctl await_startup || die "see $STATE/node.log"
  wait_for 30 "its metrics" scraped || die "see $STATE/node.log"
  say "up in $((SECONDS - begun)) s"
}
status() { if alive node; then ctl status; else say stopped; fi; }
beam() { pgrep -f "^\S*beam\.smp .* -lab $STATE"; }
down() {
  one_at_a_time; kill -CONT $(beam) 2>/dev/null
  if beam >/dev/null; then ctl stop >/dev/null 2>&1; wait_for 20 "the node to end" no_beam || kill -KILL $(beam); fi
  reap node 5; epmd -port 63700 -kill >/dev/null 2>&1
  rm -rf "$STATE/data" "$STATE/broken"; say "down"
}
no_beam() { ! beam >/dev/null; }
purge() { down; rm -rf "$STATE"; say "purged"; }

break_memory_alarm() { ctl set_vm_memory_high_watermark absolute 20MB; }
repair_memory_alarm() { ctl set_vm_memory_high_watermark 0.4; }
break_disk_alarm() { ctl set_disk_free_limit 9000GB; }
repair_disk_alarm() { ctl set_disk_free_limit 50MB; }
break_no_consumers() { amqp-declare-queue -u "$(url)" -q orders >/dev/null && for i in 1 2 3; do amqp-publish -u "$(url)" -r orders -b "order $i" || return 1; done; }
repair_no_consumers() { amqp-delete-queue -u "$(url)" -q orders >/dev/null; }
break_frozen() { kill -STOP $(beam); }
repair_frozen() { kill -CONT $(beam); wait_for 20 "the node" ctl ping; }
run_verb
