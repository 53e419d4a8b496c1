#!/bin/sh
# A container engine of one's own: a private dockerd for `npm run test:containers`, beside whatever else the machine runs.
#   export DOCKER_HOST="$(scripts/engine.sh start DIR)"      everything it keeps is in DIR, which is made
#   scripts/engine.sh stop DIR                               ends it, and takes its bridge and DIR away again
# Needs root, and dockerd with iptables (Debian: apt-get install docker.io docker-compose iptables iproute2).
set -eu

usage() {
  echo 'usage: scripts/engine.sh start|stop DIR' >&2
  exit 2
}

[ $# = 2 ] || usage
mkdir -p "$2"
directory=$(cd "$2" && pwd)
# Nothing is removed from a directory that is not an engine's.
marker=$directory/kindred-engine
socket=unix://$directory/docker.sock
pidfile=$directory/docker.pid
# The second daemon of a machine needs a bridge and addresses of its own; both follow from the directory.
number=$(printf '%s' "$directory" | cksum | cut -d ' ' -f 1)
bridge=kindred$((number % 10000))
network=10.$((200 + number / 250 % 50)).$((number % 250))

answers() {
  DOCKER_HOST=$socket docker version >/dev/null 2>&1
}

is_running() {
  [ -f "$pidfile" ] && grep -qa dockerd "/proc/$(cat "$pidfile")/cmdline" 2>/dev/null
}

start() {
  if is_running; then
    echo "$socket"
    return
  fi
  [ -f "$marker" ] || [ -z "$(ls -A "$directory")" ] || { echo "$directory holds files of somebody else" >&2; exit 2; }
  command -v dockerd >/dev/null || { echo 'there is no dockerd: apt-get install docker.io docker-compose iptables iproute2' >&2; exit 2; }
  [ "$(id -u)" = 0 ] || { echo 'an engine of its own needs root; with one that runs already, set DOCKER_HOST instead' >&2; exit 2; }
  : >"$marker"
  remember_firewall
  ip link show "$bridge" >/dev/null 2>&1 || ip link add "$bridge" type bridge
  ip address replace "$network.1/24" dev "$bridge"
  ip link set "$bridge" up
  nohup dockerd --data-root "$directory/data" --exec-root "$directory/exec" --pidfile "$pidfile" --host "$socket" --bridge "$bridge" \
    --default-address-pool "base=10.$((100 + number % 100)).0.0/16,size=20" >"$directory/dockerd.log" 2>&1 </dev/null &
  tries=0
  until answers; do
    tries=$((tries + 1))
    if [ $tries -gt 120 ] || { [ $tries -gt 10 ] && ! is_running; }; then
      echo "dockerd does not answer; the end of $directory/dockerd.log:" >&2
      tail -n 20 "$directory/dockerd.log" >&2
      stop
      exit 1
    fi
    sleep 0.5
  done
  echo "$socket"
}

# A daemon leaves its firewall behind. Where no other one is, all of it was this one's: it becomes what it was before.
remember_firewall() {
  iptables -S DOCKER >/dev/null 2>&1 && return
  for table in filter nat; do iptables-save -t $table; done >"$directory/firewall"
}

# Beside another daemon only those rules go that name the bridge.
forget_rules() {
  iptables -t "$1" -S 2>/dev/null | grep -- "$bridge\b" | sed 's/^-A/-D/' | while read -r rule; do
    # shellcheck disable=SC2086 # one word per argument
    iptables -t "$1" $rule || true
  done
}

restore_firewall() {
  if [ -f "$directory/firewall" ]; then
    iptables-restore <"$directory/firewall"
  else
    forget_rules filter
    forget_rules nat
  fi
}

# Containers, and networks with their interfaces; the one of a Swarm too.
forget_networks() {
  docker ps -aq | xargs -r docker rm -f
  docker swarm leave --force
  docker network ls -q --filter type=custom | xargs -r -n 1 docker network rm
}

stop() {
  [ -f "$marker" ] || { rmdir "$directory" 2>/dev/null || echo "no engine was started in $directory" >&2; exit 2; }
  if is_running; then
    pid=$(cat "$pidfile")
    (export DOCKER_HOST="$socket"; forget_networks) >/dev/null 2>&1 || true
    kill "$pid"
    tries=0
    while kill -0 "$pid" 2>/dev/null && [ $tries -lt 60 ]; do
      tries=$((tries + 1))
      sleep 0.5
    done
    if is_running; then kill -9 "$pid"; fi
  fi
  restore_firewall
  ip link delete "$bridge" 2>/dev/null || true
  # Networks that containers had are held by mounts.
  cut -d ' ' -f 2 /proc/mounts | grep "^$directory/" | sort -r | xargs -r umount
  rm -rf "$directory"
}

case $1 in
  start) start ;;
  stop) stop ;;
  *) usage ;;
esac
