#!/bin/bash
# lab-zookeeper.sh up|down|status|break FAULT…|repair [FAULT…] [--dir DIR]
# Three servers of ZooKeeper at 127.0.0.1 to 127.0.0.3, port 2181, of which the last two have mntr on their whitelist, the first srvr alone (as by default).
# Faults: quorum (two of three ended), follower (one ended), slow-fsync (fsync takes 1.5 s, by strace, while a client writes), outstanding (requests
# wait for that), frozen (SIGSTOP).
LABNAME=zookeeper; ARGS=(); HERE=$(dirname "$(readlink -f "$0")"); . "$HERE/../lib/lab-lib.sh"
FAULTS="quorum follower slow-fsync outstanding frozen"
parse_args "$@"
server() {
  local folder=$STATE/z$1; mkdir -p "$folder"; echo "$1" >"$folder/myid"
  printf '%s\n' tickTime=1000 initLimit=30 syncLimit=30 "dataDir=$folder" "clientPortAddress=127.0.0.$1" clientPort=2181 admin.enableServer=false maxClientCnxns=0 \
    server.1=127.0.0.1:2888:3888 server.2=127.0.0.2:2888:3888 server.3=127.0.0.3:2888:3888 >"$folder.cfg"
  [ "$1" = 1 ] || echo 4lw.commands.whitelist=srvr,mntr >>"$folder.cfg"
  . /etc/zookeeper/conf_example/environment
  spawn "z$1" java -Xmx96m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -cp "$CLASSPATH" -Dzookeeper.log.dir="$folder" -Dzookeeper.root.logger=WARN,CONSOLE org.apache.zookeeper.server.quorum.QuorumPeerMain "$folder.cfg"
}
ask() { exec 3<>"/dev/tcp/127.0.0.$1/2181" && printf '%s' "$2" >&3 && timeout 5 cat <&3; }
serves() { ask "$1" srvr 2>/dev/null | grep -q '^Mode: '; }
mode_of() { ask "$1" srvr 2>/dev/null | sed -n 's/^Mode: //p'; }
leader() { local i; for i in 1 2 3; do [ "$(mode_of "$i")" = leader ] && echo "$i"; done; }

up() {
  one_at_a_time; need java python3 strace; [ -d /usr/share/zookeeper ] || die "ZooKeeper is not installed (see the file 'packages' beside this script)"
  local begun=$SECONDS i
  # The second and third begin and elect the third; the first follows.
  for i in 3 2 1; do server "$i" || return 1; done
  for i in 1 2 3; do wait_for 40 "server $i to serve" serves "$i" || die "see $STATE/z$i.log"; done
  say "up in $((SECONDS - begun)) s"
}
status() { local i; for i in 1 2 3; do if alive "z$i"; then ask "$i" srvr; else say "z$i stopped"; fi; done; }
down() {
  one_at_a_time; local i
  reap tracer 3; reap writer 2
  for i in 1 2 3; do kill -CONT "$(pid_of "z$i")" 2>/dev/null; reap "z$i" 5; rm -rf "$STATE/z$i"; done
  rm -rf "$STATE/broken"; say "down"
}
purge() { down; rm -rf "$STATE"; say "purged"; }

others() { seq 3 | grep -v "^$1$"; }
restored() { local i; for i in 1 2 3; do server "$i" || return 1; done; for i in 1 2 3; do wait_for 40 "server $i to serve" serves "$i" || return 1; done; }
break_quorum() { reap z2 5; reap z3 5; }
repair_quorum() { restored; }
break_follower() { local lead; lead=$(leader); reap "z$(others "$lead" | tail -1)" 5; }
repair_follower() { restored; }
# slow SERVER   its disk; a client of it writes with so many requests in flight
slow() { spawn tracer strace -f -qq -o "$STATE/strace.out" -e trace=fdatasync,fsync -e inject=fdatasync,fsync:delay_exit=1500000 -p "$(pid_of "z$1")" && spawn writer python3 "$HERE/writer.py" "127.0.0.$1" "$2" "$STATE"; }
break_slow_fsync() { slow "$(leader)" 2; }
repair_slow_fsync() { reap writer 2; reap tracer 3; restored; }
break_outstanding() { slow "$(leader)" 200; }
repair_outstanding() { repair_slow_fsync; }
break_frozen() { kill -STOP "$(pid_of z1)"; }
repair_frozen() { kill -CONT "$(pid_of z1)"; wait_for 20 "server 1 to serve" serves 1; }
run_verb
