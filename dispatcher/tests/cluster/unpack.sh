# The tree on standard input, as LKP wants it.
set -e
mkdir /lkp-tests
cd /lkp-tests
tar -xf -
cc -O2 -o bin/event/wakeup bin/event/wakeup.c
printf 'nr_cpu: 2\nmemory: 4G\nlocal_run: 1\n' >"hosts/$(hostname)"
