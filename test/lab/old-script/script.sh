#!/bin/bash
# The script that the agent replaces, as its authors published it, with the values that Terraform puts in. Their package
# list names amazon-efs-utils, which no archive has: the installation of all at once fails, and each is installed alone,
# as it is on every Debian and Ubuntu. Else the script would wait in vain for EFS: there, mount.efs stands in.
cut -d ' ' -f 1 /proc/uptime > /run/bench-start
export DEBIAN_FRONTEND=noninteractive

hostnamectl set-hostname frontend-server
echo "127.0.0.1 frontend-server" >> /etc/hosts
echo "$(hostname -I | awk '{print $1}') frontend-server" >> /etc/hosts

apt-get update -y
PACKAGES="PACKAGES_OF_THE_SCRIPT"
apt-get install -y $PACKAGES || {
  echo "ERROR: Package installation failed!"
  echo "Trying to install packages individually..."
  for pkg in PACKAGES_OF_THE_SCRIPT; do
    apt-get install -y "$pkg" || echo "WARNING: $pkg failed"
  done
}

mkdir -p /mnt/work
EFS_ID="EFS_FILE_SYSTEM_ID"
MAX_WAIT_EFS=300
ELAPSED_EFS=0
while [ $ELAPSED_EFS -lt $MAX_WAIT_EFS ]; do
  if mount -t efs -o tls $EFS_ID:/ /mnt/work 2>/dev/null; then
    echo "EFS mounted successfully at /mnt/work"
    break
  fi
  sleep 10
  ELAPSED_EFS=$((ELAPSED_EFS + 10))
done
if ! grep -q "/mnt/work" /etc/fstab; then
  echo "$EFS_ID:/ /mnt/work efs _netdev,tls 0 0" >> /etc/fstab
  mount -a
fi

apt-get install -y slurm-wlm slurmctld munge
if [ ! -f /etc/munge/munge.key ]; then
  dd if=/dev/urandom bs=1 count=1024 > /etc/munge/munge.key
  chmod 600 /etc/munge/munge.key
  chown munge:munge /etc/munge/munge.key
fi
mkdir -p /mnt/work/slurm
cp /etc/munge/munge.key /mnt/work/slurm/munge.key
chmod 644 /mnt/work/slurm/munge.key
CONTROLLER_IP=$(hostname -I | awk '{print $1}')
cat > /etc/slurm/slurm.conf <<SLURM_EOF
ClusterName=slurm-cluster
ControlMachine=frontend-server
ControlAddr=${CONTROLLER_IP}
SlurmUser=slurm
StateSaveLocation=/var/lib/slurm/slurmctld
SlurmctldLogFile=/var/log/slurm/slurmctld.log
AuthType=auth/munge
ReturnToService=2
SelectType=select/cons_tres
NodeName=job-[1-4] CPUs=2 RealMemory=3800 State=UNKNOWN
PartitionName=main Nodes=ALL Default=YES MaxTime=INFINITE State=UP
SLURM_EOF
cp /etc/slurm/slurm.conf /mnt/work/slurm/slurm.conf
systemctl enable munge
systemctl start munge
systemctl enable slurmctld
systemctl start slurmctld

MAX_WAIT_EBS=300
ELAPSED_EBS=0
DEVICE=""
while [ -z "$DEVICE" ] && [ $ELAPSED_EBS -lt $MAX_WAIT_EBS ]; do
  for nvme_dev in /dev/nvme[1-9]n1; do
    if [ -e "$nvme_dev" ]; then
      if ! mountpoint -q "$nvme_dev" 2>/dev/null; then
        DEVICE="$nvme_dev"
        break
      fi
    fi
  done
  if [ -z "$DEVICE" ] && [ -e /dev/xvdf ]; then
    DEVICE="/dev/xvdf"
  fi
  if [ -z "$DEVICE" ]; then
    sleep 5
    ELAPSED_EBS=$((ELAPSED_EBS + 5))
  fi
done
if ! blkid $DEVICE > /dev/null 2>&1; then
  echo "Formatting $DEVICE with ext4..."
  mkfs.ext4 -F $DEVICE
fi
mkdir -p /mnt/shared
if ! grep -q "/mnt/shared" /etc/fstab; then
  echo "$DEVICE /mnt/shared ext4 defaults,nofail 0 2" >> /etc/fstab
fi
mount $DEVICE /mnt/shared || mount -a

apt-get install -y nfs-kernel-server
if ! grep -q "/mnt/shared" /etc/exports; then
  echo "/mnt/shared *(rw,sync,no_subtree_check,no_root_squash)" >> /etc/exports
fi
exportfs -ra
systemctl enable nfs-kernel-server
systemctl restart nfs-kernel-server
touch /run/bench-ended
