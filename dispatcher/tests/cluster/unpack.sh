# The tree on standard input, as LKP wants it; prints the atomic jobs of iperf as cluster, name and role have it.
set -e
mkdir -p /lkp-tests /lkp /tmp/jobs
cd /lkp-tests
tar -xf -
cc -O2 -o bin/event/wakeup bin/event/wakeup.c
printf 'nr_cpu: 2\nmemory: 4G\nlocal_run: 1\n' >"hosts/$name"
export LKP_SRC=/lkp-tests PATH="/lkp-tests/bin:$PATH"
lkp split-job -t "$name" -o /tmp/jobs -s "cluster: $cluster" -s "node_roles: $role" -s 'need_monitors: false' \
    -s 'compiler: none' -s 'runtime: 1' "$(find jobs -name iperf.yaml)" >&2
cd /tmp/jobs
ls
