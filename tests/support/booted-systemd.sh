#!/bin/sh
# Inside fresh namespaces of pid, mount, uts, ipc, cgroup and network: makes a computer out of this one's files with the
# tree $1 laid over them, and becomes systemd with the target $2. Nothing outside is written to, and no kernel setting.
set -eu
mount --make-rprivate /
mount -t proc proc /proc
mount -o bind,ro /proc/sys /proc/sys
mount -t tmpfs -o mode=755 tmpfs /run
mkdir -p /run/over /run/work /run/lock
cp -a "$1/." /run/over/
for folder in etc usr/local var/lib; do
  mkdir -p "/run/over/$folder" "/run/work/$folder"
  mount -t overlay overlay -o "lowerdir=/$folder,upperdir=/run/over/$folder,workdir=/run/work/$folder" "/$folder"
done
mount -t tmpfs -o mode=1777 tmpfs /tmp
umount -R /sys/fs/cgroup
mount -t cgroup2 cgroup2 /sys/fs/cgroup
echo kiosk:x:990: >>/etc/group
echo kiosk:x:990:990::/var/lib/kiosk:/usr/sbin/nologin >>/etc/passwd
echo 'kiosk:!:20000::::::' >>/etc/shadow
ip link set lo up
export container=test
exec "$(command -v /usr/lib/systemd/systemd || echo /lib/systemd/systemd)" \
  --system "--unit=$2" --log-target=console --log-level=notice --show-status=no
