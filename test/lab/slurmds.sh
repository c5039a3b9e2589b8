#!/bin/sh
# Runs a slurmd for each node of a hosts file, on one machine: slurmds.sh DISK KEY FOLDER BRIDGE
# DISK: the root file system of a job server. KEY: the cluster's Munge key.
# FOLDER: hosts, and the slurm.conf of all; the root file system is mounted in it. BRIDGE: gets their addresses.
# It leads a session and has mounts of its own; SIGTERM ends it with all that it began.
set -eu
disk=$1 key=$2 folder=$3 bridge=$4
root=$folder/root
trap 'kill -KILL 0' TERM

while read -r address _; do echo "address add $address/32 dev $bridge"; done <"$folder/hosts" | ip -batch -

mkdir "$root"
mount -o loop,ro,noload "$disk" "$root"
for place in run var/lib var/log etc/munge etc/slurm; do mount -t tmpfs -o mode=0755 tmpfs "$root/$place"; done
mount -t tmpfs -o mode=1777 tmpfs "$root/tmp"
mount --rbind /dev "$root/dev"
mount --rbind /sys "$root/sys"
mount -t proc proc "$root/proc"
mount --bind "$folder/hosts" "$root/etc/hosts"
cp "$folder/slurm.conf" "$root/etc/slurm/slurm.conf"
mkdir "$root/var/lib/slurm" "$root/var/log/slurm" "$root/run/munge" "$root/var/lib/munge" "$root/var/log/munge"
install -m 0400 "$key" "$root/etc/munge/munge.key"
chroot "$root" chown -R munge: /etc/munge /run/munge /var/lib/munge /var/log/munge
chroot --userspec=munge:munge "$root" munged --foreground &
until [ -S "$root/run/munge/munge.socket.2" ]; do sleep 0.1; done

while read -r _ name; do
  mkdir "$root/var/lib/slurm/$name"
  # shellcheck disable=SC2016 # the inner shell expands them
  unshare --uts sh -c 'hostname "$2"; exec chroot "$1" slurmd -D' sh "$root" "$name" </dev/null &
done <"$folder/hosts"
wait
