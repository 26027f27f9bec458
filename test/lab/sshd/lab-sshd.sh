#!/usr/bin/env bash
# sshd servers on loopback: one port per kind of server, one account per kind of login. Creates system accounts (with a mark
# in their comment) and one sudoers file; `down` removes them.
# usage: lab-sshd.sh up|down|status|purge [--dir DIR] [--port FIRST]   then: ssh -F DIR/sshd/ssh_config support@main
LABNAME=sshd; ARGS=()
HERE=$(dirname "$(readlink -f "$0")")
# shellcheck source=test/lab/lib/lab-lib.sh
. "$HERE/../lib/lab-lib.sh"
parse_args "$@"
set -- "${ARGS[@]}"
FIRST=${LAB_SSHD_PORT:-24220}
[ "${1:-}" != --port ] || FIRST=${2:?--port needs a number}

KEYS=$STATE/keys; MARK="crashcart lab"; SUDOERS=/etc/sudoers.d/crashcart-lab
# Kinds of servers, in the order of their ports.
KINDS=(main one-session ca-only pq-only rekey two-factor kbd-only no-forwarding no-python)
# support: sudo without password; oncall: sudo with password; switches: sudo without password for two commands; guest: no
# sudo; nologin, forced and noisy cannot run commands as requested; expired is past its date.
USERS=(support oncall switches guest nologin forced noisy expired)

port_of() { local i; for i in "${!KINDS[@]}"; do [ "${KINDS[$i]}" = "$1" ] && echo $((FIRST + i)); done; }

make_keys() {
  [ -s "$KEYS/done" ] && return 0
  mkdir -p "$KEYS"; local type
  for type in ed25519 rsa ecdsa; do ssh-keygen -q -t $type -N '' -C lab -f "$KEYS/host_$type"; done
  ssh-keygen -q -t ed25519 -N '' -C lab -f "$KEYS/id_ed25519"
  ssh-keygen -q -t rsa -b 2048 -N '' -C lab -f "$KEYS/id_rsa"
  ssh-keygen -q -t ed25519 -a 4 -N 'lab passphrase' -C lab -f "$KEYS/id_locked"
  ssh-keygen -q -t ed25519 -N '' -C lab -f "$KEYS/id_stranger"
  ssh-keygen -q -t ed25519 -N '' -C lab-ca -f "$KEYS/ca"
  ssh-keygen -q -t ed25519 -N '' -C lab -f "$KEYS/id_cert"
  ssh-keygen -q -s "$KEYS/ca" -I lab-user -n support -V +520w "$KEYS/id_cert.pub"
  ssh-keygen -q -s "$KEYS/ca" -I lab-host -h -n 127.0.0.1,lab -V +520w "$KEYS/host_ed25519.pub"
  date >"$KEYS/done"
}

# authorized USER   prints the authorized_keys of an account
authorized() { sed "$([ "$1" != forced ] || echo 's|^|command="echo This account runs reports only." |')" "$KEYS"/id_{ed25519,rsa,locked}.pub; }
make_users() {
  local user home
  for user in "${USERS[@]}"; do
    if getent passwd "$user" >/dev/null; then
      getent passwd "$user" | grep -q ":$MARK:" || die "the account $user exists and is not of this lab"
    else
      useradd -m -c "$MARK" -s /bin/bash "$user" || die "cannot make the account $user"
    fi
    echo "$user:lab-$user" | chpasswd
    home=$(getent passwd "$user" | cut -d: -f6)
    install -d -m 700 -o "$user" -g "$user" "$home/.ssh"
    # Keys are added, because a lab with another --dir may be up with the same accounts.
    authorized "$user" | cat - "$home/.ssh/authorized_keys" 2>/dev/null | sort -u >"$STATE/authorized_keys"
    cp "$STATE/authorized_keys" "$home/.ssh/authorized_keys"
    chown "$user:$user" "$home/.ssh/authorized_keys"; chmod 600 "$home/.ssh/authorized_keys"
  done
  usermod -s /usr/sbin/nologin nologin
  usermod -e 2020-01-01 expired
  # Output of a .bashrc without a check for an interactive shell.
  printf '%s\n' 'echo "Welcome to the cluster!"' 'printf "\033]0;owned\007"' 'echo "disk quota: fine" >&2' >"$(getent passwd noisy | cut -d: -f6)/.bashrc"
  printf 'support ALL=(ALL:ALL) NOPASSWD: ALL\noncall ALL=(ALL:ALL) ALL\nswitches ALL=(root) NOPASSWD: /usr/bin/ovs-appctl, /usr/bin/ovsdb-client\n' >"$SUDOERS.tmp" && chmod 440 "$SUDOERS.tmp" && mv "$SUDOERS.tmp" "$SUDOERS"
}

# settings KIND   prints the options of one kind of server, before the common ones: sshd uses the first value
settings() {
  case $1 in
    one-session) echo 'MaxSessions 1' ;;
    ca-only) printf '%s\n' "HostKey $KEYS/host_ed25519" "HostCertificate $KEYS/host_ed25519-cert.pub" 'HostKeyAlgorithms ssh-ed25519-cert-v01@openssh.com' "TrustedUserCAKeys $KEYS/ca.pub" 'AuthorizedKeysFile none' ;;
    pq-only) echo 'KexAlgorithms sntrup761x25519-sha512@openssh.com' ;;
    rekey) echo 'RekeyLimit 1M' ;;
    two-factor) echo 'AuthenticationMethods publickey,password' ;;
    kbd-only) echo 'AuthenticationMethods keyboard-interactive' ;;
    no-forwarding) echo 'AllowTcpForwarding no' ;;
  esac
}

write_configs() {
  local kind type
  printf 'Authorised use only.\n\033]0;owned\007Go on.\n' >"$STATE/banner"
  : >"$STATE/known_hosts"
  for kind in "${KINDS[@]}"; do
    { settings "$kind"
      printf '%s\n' "ListenAddress 127.0.0.1:$(port_of "$kind")" "PidFile none" 'UsePAM yes' 'PasswordAuthentication yes' 'KbdInteractiveAuthentication yes' \
        'PermitRootLogin no' 'MaxStartups 100' 'LoginGraceTime 60' 'UseDNS no' 'PrintMotd no' "Banner $STATE/banner"
      for type in ed25519 rsa ecdsa; do [ "$kind" = ca-only ] || echo "HostKey $KEYS/host_$type"; done
    } >"$STATE/sshd_$kind.conf"
    if [ "$kind" = ca-only ]; then
      printf '@cert-authority [127.0.0.1]:%s %s\n' "$(port_of ca-only)" "$(cut -d' ' -f1,2 "$KEYS/ca.pub")"
    else
      for type in ed25519 rsa ecdsa; do printf '[127.0.0.1]:%s %s\n' "$(port_of "$kind")" "$(cut -d' ' -f1,2 "$KEYS/host_$type.pub")"; done
    fi >>"$STATE/known_hosts"
  done
  { for kind in "${KINDS[@]}"; do printf 'Host %s\n  HostName 127.0.0.1\n  Port %s\n' "$kind" "$(port_of "$kind")"; done
    printf 'Host jumped\n  HostName 127.0.0.1\n  Port %s\n  ProxyJump support@main\n' "$(port_of one-session)"
    printf 'Host through-program\n  HostName 127.0.0.1\n  Port %s\n  ProxyCommand bash -c "exec 3<>/dev/tcp/%%h/%%p; cat <&3 & cat >&3"\n' "$(port_of main)"
    printf '%s\n' 'Host *' '  User support' '  IdentitiesOnly yes' '  IdentityAgent none' "  UserKnownHostsFile $STATE/known_hosts" '  GlobalKnownHostsFile /dev/null' \
      '  StrictHostKeyChecking ask' '  UpdateHostKeys no' '  ConnectTimeout 10' '  GSSAPIAuthentication no'
  } >"$STATE/ssh_config_no_key"
  # -i adds to the keys of a configuration, so a test with a single key uses ssh_config_no_key.
  { cat "$STATE/ssh_config_no_key"; printf 'Match originalhost ca-only\n  IdentityFile %s\nMatch originalhost "!ca-only,*"\n  IdentityFile %s\n' "$KEYS/id_cert" "$KEYS/id_ed25519"; } >"$STATE/ssh_config"
}

answers() { (exec 3<>"/dev/tcp/127.0.0.1/$1" && head -c 4 <&3 | grep -q SSH-) 2>/dev/null; }

up() {
  one_at_a_time; need sshd ssh ssh-keygen sudo useradd
  if alive main; then say "already up"; return 0; fi
  local kind
  for kind in "${KINDS[@]}"; do answers "$(port_of "$kind")" && die "port $(port_of "$kind") is already taken on loopback"; done
  make_keys; make_users; write_configs; mkdir -p /run/sshd
  for kind in "${KINDS[@]}"; do
    # The mount namespace hides python3 from the sessions of this server only.
    local apart=(); [ "$kind" != no-python ] || apart=(unshare -m sh -c 'mount --bind /dev/null /usr/bin/python3 && exec "$@"' sh)
    spawn "$kind" "${apart[@]}" "$(command -v sshd)" -D -e -f "$STATE/sshd_$kind.conf"
    WHILE_ALIVE=$kind wait_for 10 "sshd $kind" answers "$(port_of "$kind")" || { tail -n 5 "$STATE/$kind.log" >&2; die "sshd $kind did not come up"; }
  done
  say "up: ssh -F $STATE/ssh_config support@main"
}
status() {
  local kind
  for kind in "${KINDS[@]}"; do say "$kind: $(alive "$kind" && echo "running, port $(port_of "$kind")" || echo stopped)"; done
}
down() {
  one_at_a_time; local kind user
  for kind in "${KINDS[@]}"; do reap "$kind" 5; done
  rm -f "$SUDOERS"
  for user in "${USERS[@]}"; do
    getent passwd "$user" | grep -q ":$MARK:" || continue
    # Orphans of sessions that tests killed end with the account.
    pkill -KILL -u "$user" 2>/dev/null
    userdel -rf "$user" >/dev/null 2>&1
  done
  say "down"
}
purge() { down; rm -rf "$STATE"; say "purged"; }
root_only; $CMD
