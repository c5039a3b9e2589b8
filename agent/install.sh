#!/bin/sh
# Makes an unpacked release the slurm-node-agent of this machine: Node, the command, the units, the configuration.
#
#   install.sh [--node-url URL] --node-sha256 SHA256 [--config FILE|-]
#   install.sh [--node-url URL] --node-sha256 SHA256 --bake --config FILE|-
#
# Run it from where the release stays, a folder below /opt/slurm-node-agent. URL names an official Node tarball for
# linux; it is not needed for a Node that is installed already. Safe to run twice; each file appears whole or not at all;
# what is right already is not touched. --bake makes this machine, which has no role, ready to be an image for instances
# of a configuration, which is not installed; see slurm-node-agent bake.
set -eu
umask 022

home=/opt/slurm-node-agent
state=/var/lib/slurm-node-agent
config=/etc/slurm-node-agent/config.json
record=$state/config.sha256
script=$(readlink -f "$0")
release=${script%/*}

die() {
  echo "install.sh: $*" >&2
  exit 1
}

# put MODE FILE SOURCE: the file becomes a copy of the source, synced and renamed into place, if it is not one already.
put() {
  if cmp -s "$3" "$2"; then return; fi
  directory=$(dirname "$2")
  mkdir -p "$directory"
  rm -f "$directory"/.slurm-node-agent.* # of a run that was cut off
  temporary=$(mktemp "$directory/.slurm-node-agent.XXXXXX")
  cat "$3" >"$temporary"
  chmod "$1" "$temporary"
  sync "$temporary"
  mv -T "$temporary" "$2"
  sync "$directory"
}

# As slurm-node-agent bake does, but before anything of a cluster's machine is changed.
refuse_on_member() {
  for path in "$config" "$state/munge-key.sha256" /etc/slurm/slurm.conf; do
    [ ! -e "$path" ] || die "not baked: this machine has a role, as $path says; bake on a new instance without user data"
  done
}

# The folder of a Node is named by the checksum of its tarball, and appears when it is whole. One that does not run,
# damaged since, is made again.
install_node() {
  if "$node/bin/node" --version >"$scratch/version" 2>&1; then return; fi
  [ -n "$node_url" ] || die "there is no Node in $node that runs: --node-url is missing"
  rm -rf "$node" "$home"/node-*.partial
  mkdir -p "$node.partial"
  curl --fail --silent --show-error --location --connect-timeout 10 --speed-limit 1024 --speed-time 60 \
    --retry 20 --retry-all-errors --retry-max-time 900 --output "$node.partial/node.tar" "$node_url"
  echo "$node_sha256  $node.partial/node.tar" | sha256sum --check --status ||
    die "$node_url does not have the checksum $node_sha256"
  tar -xf "$node.partial/node.tar" -C "$node.partial" --no-same-owner --strip-components=1 \
    --occurrence=1 --wildcards --no-wildcards-match-slash '*/bin/node' '*/LICENSE' # and no further than these two
  rm "$node.partial/node.tar"
  "$node.partial/bin/node" --version >"$scratch/version" || die "the Node of $node_url does not run on $(uname -m)"
  sync -f "$node.partial"
  mv -T "$node.partial" "$node"
  sync "$home"
}

# Without a compiler in V8: a run is over before one pays, and root's program has no memory that it may write and execute.
install_command() {
  cat >"$scratch/command" <<END
#!/bin/sh
umask 022
export SLURM_NODE_AGENT_CODE_CACHE=$release/code-cache
exec $node/bin/node --jitless --max-semi-space-size=1 $release/slurm-node-agent.js "\$@"
END
  put 755 /usr/local/bin/slurm-node-agent "$scratch/command"
}

# A whole Node each. One that still runs keeps its program open.
remove_other_nodes() {
  find "$home" -maxdepth 1 -name 'node-*' ! -path "$node" -exec rm -rf {} +
}

# A configuration that was edited by hand since it was put here is kept, as dpkg keeps a conffile. The record has the sum
# of the next one beside that of the last until it is in place: the power may go between.
install_config() {
  cat "$1" >"$scratch/config"
  sum=$(sha256sum <"$scratch/config")
  echo "${sum%-}$config" >"$scratch/config.sha256"
  if ! cmp -s "$scratch/config" "$config"; then
    if [ -e "$config" ] && ! sha256sum "$config" | grep -qxFf "$record" 2>/dev/null; then
      echo "install.sh: $config was edited by hand, and is kept as it is" >&2
      return
    fi
    cat "$record" "$scratch/config.sha256" >"$scratch/both.sha256" 2>/dev/null || : # there may be no record yet
    put 600 "$record" "$scratch/both.sha256"
    put 600 "$config" "$scratch/config"
  fi
  put 600 "$record" "$scratch/config.sha256"
}

install_units() {
  for unit in slurm-node-agent.service slurm-node-agent.timer; do
    put 644 "/etc/systemd/system/$unit" "$release/systemd/$unit"
  done
}

# Ubuntu has needrestart restart, while apt still has its lock, what runs with a library that was replaced. Of a run that
# waits for that lock it would wait for the end.
keep_from_needrestart() {
  cat >"$scratch/needrestart" <<'END'
# Made by slurm-node-agent: its runs end by themselves, and may be waiting for apt.
push @{$nrconf{blacklist_rc}}, qr(^slurm-node-agent(-bootstrap)?\.service$);
END
  put 644 /etc/needrestart/conf.d/slurm-node-agent.conf "$scratch/needrestart"
}

# enable makes systemd read its units anew. At the first boot the time of the timer is past already, so that this
# starts the service too.
start_timer() {
  systemctl enable --now --no-block slurm-node-agent.timer
}

# The lock is not for what packages start.
bake() {
  cat "$1" >"$scratch/config"
  /usr/local/bin/slurm-node-agent bake --config "$scratch/config" 9<&-
}

node_url='' node_sha256='' config_source='' is_bake=''
while [ $# -gt 0 ]; do
  if [ "$1" = --bake ]; then
    is_bake=yes
    shift
    continue
  fi
  [ $# -ge 2 ] || die "$1 needs a value"
  case $1 in
    --node-url) node_url=$2 ;;
    --node-sha256) node_sha256=$2 ;;
    --config) config_source=$2 ;;
    *) die "unknown option $1" ;;
  esac
  shift 2
done
case $node_sha256 in
  *[!0-9a-f]*) die '--node-sha256 must be 64 hexadecimal digits' ;;
esac
[ "${#node_sha256}" -eq 64 ] || die '--node-sha256 must be 64 hexadecimal digits'
[ -z "$is_bake" ] || [ -n "$config_source" ] || die '--bake needs --config'
[ "$(id -u)" -eq 0 ] || die 'must be run as root'

# One at a time: a boot and a person may both be at it.
exec 9<"$home"
flock 9
node=$home/node-$node_sha256
scratch=$(mktemp -d)
trap 'rm -rf "$scratch" "$node.partial"' EXIT

[ -z "$is_bake" ] || refuse_on_member
install_node
install_command
remove_other_nodes
keep_from_needrestart
if [ -n "$is_bake" ]; then
  install_units
  bake "$config_source"
else
  [ -z "$config_source" ] || install_config "$config_source"
  install_units
  start_timer
fi
