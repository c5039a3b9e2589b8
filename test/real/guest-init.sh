#!/bin/sh
# The first process of a User-Mode Linux guest, whose root is this machine's, read-only. It runs `command` in `directory`,
# both from the kernel's command line, as root on a copy of that root which nothing outlives, and turns the guest off.
# Its first line says that it runs, its last how the command ended.
set -eu
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export PATH

echo "guest: began"
mount -t proc proc /proc
mount -t tmpfs tmp /tmp
uml=/usr/lib/uml/modules/$(uname -r)
insmod "$uml/kernel/fs/overlayfs/overlay.ko"
mkdir /tmp/written /tmp/work /tmp/root
mount -t overlay -o lowerdir=/,upperdir=/tmp/written,workdir=/tmp/work overlay /tmp/root
cd /tmp/root
mount -t proc proc proc
mount -t sysfs sys sys
mount -t devtmpfs dev dev
mkdir -p dev/shm lib/modules
mount -t tmpfs shm dev/shm
rm -rf "lib/modules/$(uname -r)"
ln -s "$uml" "lib/modules/$(uname -r)"

ended=0
# shellcheck disable=SC2154 # they are in the environment: the kernel hands over what it does not know itself
HOME=/root chroot . sh -c "modprobe -a loop $modules && cd '$directory' && exec $command" || ended=$?
echo "guest: ended with $ended"
halt -f -f
