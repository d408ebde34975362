# private.sh DIR TREE SHELL AWK SCRIPT: runs SCRIPT where /lkp and /tmp are its own (DIR/lkp stays) and nothing else can be
# written by accident to fixed folders of the machine. Called in mount, pid and uts namespaces.
set -e
dir=$1
mount --make-rprivate /
mount -t tmpfs tmpfs "$dir/root"
cd "$dir/root"
for entry in /*; do
	name=${entry#/}
	case $name in
	lkp | tmp | proc) continue ;;
	esac
	if [ -L "$entry" ]; then
		cp -P "$entry" "$name"
	elif [ -d "$entry" ]; then
		mkdir "$name"
		mount --rbind "$entry" "$name"
	fi
done
mkdir lkp tmp own proc
mount --bind "$dir/lkp" lkp
mount -t proc proc proc
[ -z "$3" ] || mount --bind "$3" "$(readlink -f /bin/sh | sed 's|^|.|')"
[ -z "$4" ] || mount --bind "$4" "$(readlink -f /usr/bin/awk | sed 's|^|.|')"
cp -a "$2" tmp/tree
printf 'nr_cpu: 2\nmemory: 4G\nlocal_run: 1\n' >tmp/tree/hosts/box
cp "tmp/tree/$HACKBENCH" own/hackbench.yaml
cp "tmp/tree/$IPERF" own/iperf.yaml
[ -x tmp/tree/bin/event/wakeup ] || make -s -C tmp/tree/bin/event wakeup
# The real tree looks for hackbench only here.
if command -v hackbench >/dev/null; then
	mkdir -p lkp/benchmarks/hackbench/bin
	ln -s "$(command -v hackbench)" lkp/benchmarks/hackbench/bin/
fi
hostname box
! command -v ip >/dev/null || [ -z "$OWN_NETWORK" ] || ip link set lo up
exec chroot . sh -c "cd /own && lkp=/tmp/tree/bin/lkp && $5"
