#!/bin/sh
# The private network of a farm of machines: a bridge, and for each of COUNT machines a network namespace n1, n2, …
# with one end of a veth pair, named eth0. Runs as the first process of its own pid, mount and network namespaces, so
# that everything is gone, whoever made it, as soon as this process ends; and it ends when its standard input does.
set -eu
count=$1

mount -t tmpfs -o mode=0755 farm /run
mkdir /run/netns
{
    echo link set lo up
    echo link add br0 type bridge
    echo addr add 10.77.0.1/24 dev br0
    echo link set br0 up
    i=1
    while [ "$i" -le "$count" ]; do
        echo netns add "n$i"
        echo link add "v$i" type veth peer name eth0 netns "n$i"
        echo link set "v$i" master br0 up
        i=$((i + 1))
    done
} >/run/batch
ip -batch /run/batch

# This /proc is the one of the world outside, so it says the process id that the world outside knows.
read -r pid _ </proc/self/stat
echo "$pid"
read -r _ || exit 0
