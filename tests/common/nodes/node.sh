#!/bin/sh
# Turns the process that runs it into a machine: an OpenSSH server with its own root (a writable layer over the
# system's), /tmp, /root, devices, host name and address. Runs in its own mount, pid, uts and ipc namespaces, and in a
# network namespace that holds an interface eth0.
#
#   node.sh NAME ADDRESS DIR DISK
#
# DIR holds sshd_config, host_key and authorized_keys; DISK is the size of the writable layer.
set -eu
name=$1 address=$2 dir=$3 disk=$4
read -r pid _ </proc/self/stat

echo "$name" >/proc/sys/kernel/hostname
ip link set lo up
ip addr add "$address/24" dev eth0
ip link set eth0 up

mount -t tmpfs -o "size=$disk,mode=0755" node "$dir/disk"
mkdir "$dir/disk/upper" "$dir/disk/work" "$dir/disk/root"
root=$dir/disk/root
mount -t overlay -o "lowerdir=/,upperdir=$dir/disk/upper,workdir=$dir/disk/work" node "$root"
mkdir "$root/etc/node"
cp "$dir/sshd_config" "$dir/host_key" "$dir/authorized_keys" "$root/etc/node/"
chmod 600 "$root/etc/node/host_key" "$root/etc/node/authorized_keys"
# Without PAM a locked root account could not log in.
echo 'root:*:19000:0:99999:7:::' >"$root/etc/shadow"

mount -t tmpfs -o size=1m,mode=0755 dev "$root/dev"
for file in null zero full random urandom tty; do
    : >"$root/dev/$file"
    mount --bind "/dev/$file" "$root/dev/$file"
done
mkdir "$root/dev/pts" "$root/dev/shm"
mount -t devpts -o newinstance,ptmxmode=0666,mode=0620,gid=5 pts "$root/dev/pts"
ln -s pts/ptmx "$root/dev/ptmx"
ln -s /proc/self/fd "$root/dev/fd"
ln -s /proc/self/fd/0 "$root/dev/stdin"
ln -s /proc/self/fd/1 "$root/dev/stdout"
ln -s /proc/self/fd/2 "$root/dev/stderr"

mount -t tmpfs -o mode=1777 tmp "$root/tmp"
mount -t tmpfs -o mode=0755 run "$root/run"
mkdir "$root/run/sshd"
mount -t tmpfs -o mode=0700 home "$root/root"
cat >"$root/root/.bashrc" <<RC
PS1='root@$name:~# '
unset PROMPT_COMMAND
RC
echo '. /root/.bashrc' >"$root/root/.profile"
: >"$root/root/.hushlogin"

mkdir "$root/.old"
cd "$root"
mount -t proc proc proc
pivot_root . .old
umount -l /.old
rmdir /.old

echo "$pid"
exec /usr/sbin/sshd -D -e -f /etc/node/sshd_config </dev/null
