#!/bin/bash
# lab-docker.sh up|down|status|purge|break FAULT…|repair [FAULT…] [--dir DIR]
# containerd and dockerd on their usual sockets, started directly, or as units where systemd is the init. The image is
# busybox, built here. Idle and without faults after `up`:
#   lab-web (64 MiB, pids limit 100, healthy) and lab-worker of the compose project shop, lab-net (pings lab-web),
#   lab-idle, lab-done (exit code 0), lab-new (never started); in containerd's namespace k8s.io: labpod-app
# Faults: oom (lab-oom: killed, exit code 137; lab-leak: an OOM kill every 3 s, keeps running), crash-loop (lab-loop), frozen
# (lab-idle), pids (lab-forks at its limit of 20), throttle (lab-worker spins at 0.05 CPU), unhealthy (lab-web),
# stop-daemon, freeze-daemon (dockerd; the containers keep running).
LABNAME=docker; ARGS=(); HERE=$(dirname "$(readlink -f "$0")"); . "$HERE/../lib/lab-lib.sh"
PATH=$PATH:/usr/sbin:/sbin
FAULTS="oom crash-loop frozen pids throttle unhealthy stop-daemon freeze-daemon"
parse_args "$@"
SOCKET=/run/docker.sock; CONTAINERD=/run/containerd/containerd.sock; IMAGE=lab/busybox:1
ALL="lab-web lab-worker lab-net lab-idle lab-done lab-new lab-oom lab-leak lab-loop lab-forks"
D() { timeout "${LAB_DOCKER_LIMIT:-90}" docker -H "unix://$SOCKET" "$@"; }
C() { timeout 60 ctr -a "$CONTAINERD" -n k8s.io "$@"; }
answers() { timeout 5 docker -H "unix://$SOCKET" version; }
is() { [ "$(D inspect -f "{{.State.$2}}" "$1" 2>/dev/null)" = "$3" ]; }

daemon_up() { if with_systemd; then of_systemd docker >/dev/null; else alive dockerd; fi; }
daemon_pid() { if with_systemd; then of_systemd docker; else pid_of dockerd; fi; }

write_configs() {
  mkdir -p /run/containerd
  # Containers outlive dockerd, and dockerd leaves this machine's network as it is.
  cat >"$STATE/daemon.json" <<JSON
{ "live-restore": true, "iptables": false, "ip6tables": false, "ip-forward": false, "ip-masq": false, "bip": "10.99.8.1/24", "log-level": "warn" }
JSON
  printf 'version = 2\nroot = "%s"\nstate = "%s"\ndisabled_plugins = ["io.containerd.grpc.v1.cri"]\n[grpc]\n  address = "%s"\n' "$STATE/containerd" "$STATE/tasks" "$CONTAINERD" >"$STATE/containerd.toml"
}
start_daemons() {
  if with_systemd; then
    mkdir -p /etc/docker; cp "$STATE/daemon.json" /etc/docker/daemon.json
    systemctl start containerd docker || die "systemctl start docker: $(journalctl -q -u docker -n 5 --no-pager)"
  else
    if ! alive containerd; then
      spawn containerd containerd -c "$STATE/containerd.toml"
      WHILE_ALIVE=containerd wait_for 20 'containerd answering' ctr -a "$CONTAINERD" version || die "containerd: $(tail -n 3 "$STATE/containerd.log")"
    fi
    spawn dockerd dockerd --config-file "$STATE/daemon.json" -H "unix://$SOCKET" --containerd "$CONTAINERD" --data-root "$STATE/data" --exec-root "$STATE/run" --pidfile "$STATE/dockerd.own.pid"
  fi
  wait_for 60 'dockerd answering' answers || die "dockerd: $(tail -n 5 "$STATE/dockerd.log" 2>/dev/null)"
}

# run NAME options… image command…
run() { local name=$1; shift; D inspect "$name" >/dev/null 2>&1 || D run -d --name "$name" --hostname "$name" "$@" >/dev/null 2>"$STATE/run.err" || die "docker run $name: $(cat "$STATE/run.err")"; }
run_pod() {
  C containers info labpod-app >/dev/null 2>&1 && return 0
  C images ls -q | grep -q "$IMAGE" || { D save "$IMAGE" -o "$STATE/image.tar" && C images import "$STATE/image.tar" >/dev/null || die "ctr images import failed"; rm -f "$STATE/image.tar"; }
  # The cgroup path of kubelet depends on the machine's cgroup driver.
  local cgroup=/kubepods/burstable/pod0c0ffee0-1234-4abc-9def-000000000001/labpod-app systemd=
  if with_systemd; then cgroup=kubepods-burstable-pod0c0ffee0_1234_4abc_9def_000000000001.slice:cri-containerd:labpod-app systemd=--runc-systemd-cgroup; fi
  C run -d $systemd --cgroup "$cgroup" --memory-limit 33554432 --label io.kubernetes.pod.name=labpod \
    --label io.kubernetes.pod.namespace=default --label io.kubernetes.container.name=app "docker.io/$IMAGE" labpod-app sleep 86400 || die "ctr run failed"
}

up() {
  one_at_a_time; need dockerd containerd docker ctr runc
  if daemon_up && D inspect lab-new >/dev/null 2>&1; then say "already up"; return 0; fi
  local begun=$SECONDS
  if ! daemon_up; then
    answers >/dev/null 2>&1 && die "another dockerd answers on $SOCKET"
    alive containerd || ! timeout 5 ctr -a "$CONTAINERD" version >/dev/null 2>&1 || with_systemd || die "another containerd answers on $CONTAINERD"
  fi
  write_configs; start_daemons
  if ! D image inspect "$IMAGE" >/dev/null 2>&1; then
    busybox_root "$STATE/root"; echo ok >"$STATE/root/www/health"
    tar -C "$STATE/root" -c . | D import -c 'ENV PATH=/bin' -c 'CMD ["sleep","86400"]' -m 'crashcart lab' - "$IMAGE" >/dev/null || die "docker import failed"
    rm -rf "$STATE/root"
  fi
  run lab-web --memory 64m --pids-limit 100 --label com.docker.compose.project=shop --label com.docker.compose.service=web \
    --health-cmd 'wget -q -O- http://127.0.0.1/health' --health-interval 5s --health-retries 2 --health-timeout 4s "$IMAGE" httpd -f -p 80 -h /www
  run lab-worker --memory 64m --cpus 0.5 --label com.docker.compose.project=shop --label com.docker.compose.service=worker "$IMAGE" \
    sh -c 'while :; do if [ -e /tmp/busy ]; then i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done; else sleep 1; fi; done'
  run lab-net --init "$IMAGE" sh -c "ping -i 2 -s 1200 $(D inspect -f '{{.NetworkSettings.IPAddress}}' lab-web) >/dev/null & while sleep 5; do dd if=/dev/zero of=/tmp/x bs=64k count=16 conv=fsync 2>/dev/null; done"
  run lab-idle "$IMAGE"
  run lab-done "$IMAGE" true
  run_pod
  D create --name lab-new --hostname lab-new "$IMAGE" >/dev/null 2>&1 || die "docker create failed"
  wait_for 30 'lab-web to be healthy' is lab-web Health.Status healthy || die "lab-web is not healthy"
  say "up in $((SECONDS - begun)) s"
}

break_oom() {
  local eat='BEGIN { while (1) s = s "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx" s }'
  run lab-oom --memory 32m --memory-swap 32m "$IMAGE" awk "$eat"
  run lab-leak --memory 32m --memory-swap 32m "$IMAGE" sh -c "while :; do awk '$eat'; sleep 3; done"
  # The exit code, not OOMKilled: Docker misses the OOM kill when a v2 cgroup is removed before it is read.
  wait_for 60 'lab-oom to be killed' is lab-oom ExitCode 137
}
repair_oom() { D rm -f lab-oom lab-leak >/dev/null; }
break_crash_loop() { run lab-loop --restart always "$IMAGE" sh -c 'echo starting; sleep 1; echo "fatal: no database" >&2; exit 3'; }
repair_crash_loop() { D rm -f lab-loop >/dev/null; }
break_frozen() { is lab-idle Paused true || D pause lab-idle >/dev/null; }
repair_frozen() { is lab-idle Paused false || D unpause lab-idle >/dev/null; }
break_pids() { run lab-forks --pids-limit 20 "$IMAGE" sh -c 'i=0; while [ $i -lt 18 ]; do sleep 86400 & i=$((i+1)); done; while :; do (true & true) 2>/dev/null; sleep 1; done'; }
repair_pids() { D rm -f lab-forks >/dev/null; }
# The limit is raised for `docker exec`, because a command in a throttled cgroup is throttled too.
break_throttle() { D update --cpus 0.5 lab-worker >/dev/null && D exec lab-worker touch /tmp/busy && D update --cpus 0.05 lab-worker >/dev/null; }
repair_throttle() { D update --cpus 0.5 lab-worker >/dev/null && D exec lab-worker rm -f /tmp/busy; }
break_unhealthy() { D exec lab-web rm -f /www/health && wait_for 90 'lab-web to be unhealthy' is lab-web Health.Status unhealthy; }
# Docker 20.10 stops health checks of containers that outlived a dockerd; their health status stays stale until a restart.
repair_unhealthy() {
  D exec lab-web sh -c 'echo ok >/www/health' || return 1
  wait_for 12 'lab-web to be healthy' is lab-web Health.Status healthy || { D restart -t 1 lab-web >/dev/null && wait_for 20 'lab-web to be healthy' is lab-web Health.Status healthy; }
}
break_stop_daemon() { if with_systemd; then systemctl stop docker.socket docker; else reap dockerd 20; fi; }
repair_stop_daemon() { start_daemons; }
break_freeze_daemon() { kill -STOP "$(daemon_pid)"; }
repair_freeze_daemon() { kill -CONT "$(daemon_pid)" && wait_for 10 'dockerd answering' answers; }

status() {
  if ! daemon_up; then say stopped; return 0; fi
  timeout 10 docker -H "unix://$SOCKET" ps -a --format '{{.Names}}\t{{.Status}}' || say "dockerd does not answer"
  C tasks ls; say "broken: $(broken | xargs)"
}
down() {
  one_at_a_time; local ours=
  if daemon_up; then kill -CONT "$(daemon_pid)"; elif [ -e "$STATE/broken/stop-daemon" ]; then start_daemons; fi
  if daemon_up && answers >/dev/null 2>&1; then
    D rm -f $ALL >/dev/null 2>&1; D image rm "$IMAGE" >/dev/null 2>&1
    C tasks kill -s SIGKILL labpod-app >/dev/null 2>&1; wait_for 5 'labpod-app to end' C tasks rm labpod-app; C containers rm labpod-app >/dev/null 2>&1
    C images rm "docker.io/$IMAGE" >/dev/null 2>&1
  fi
  if with_systemd; then systemctl stop docker.socket docker containerd; rm -f /etc/docker/daemon.json
  else
    alive containerd && ours=yes
    reap dockerd 20; reap containerd 10
    if [ -n "$ours" ]; then ip link del docker0 2>/dev/null; rm -rf /run/docker /run/containerd; fi
    unmount_below "$STATE"; remove_cgroups docker kubepods
  fi
  rm -rf "$STATE"/{broken,data,run,tasks,containerd}; say "down"
}
purge() { down; rm -rf "$STATE"; say "purged"; }
run_verb
