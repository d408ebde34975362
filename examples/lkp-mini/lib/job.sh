# What job.sh calls; used with `.` by it. The states that go to lkp-cluster-sync, and their order, are those of lkp-tests.
# shellcheck shell=sh disable=SC2154 # what the job exports

. "$LKP_SRC/lib/http.sh"

role()
{
	case " $node_roles " in
	*" $1 "*) ;;
	*) return 1 ;;
	esac
}

wakeup_pre_test()
{
	mkdir "$TMP/wakeup_pre_test-once" 2>/dev/null || return
	"$LKP_SRC/bin/event/wakeup" activate-monitor
	"$LKP_SRC/bin/event/wakeup" pre-test
	date +%s >"$TMP/start_time"
}

# There are other nodes, and somebody to ask about them.
has_cluster()
{
	[ -n "$LKP_SERVER" ] && [ -n "$node_roles" ] && [ "$cluster" != cs-localhost ]
}

# sync_cluster_state STATE [name=value]...: prints the answer.
sync_cluster_state()
{
	has_cluster || return 0
	query="cluster=$cluster&node=${HOSTNAME:-$(uname -n)}&state=$1"
	shift
	for word; do
		query="$query&$word"
	done
	http_get "cgi-bin/lkp-cluster-sync?$query"
}

wait_cluster_state()
{
	tries=0
	while [ $tries -lt 100 ]; do
		tries=$((tries + 1))
		case $(sync_cluster_state "$1") in
		abort) break ;;
		ready | finish) return ;;
		esac
	done
	wakeup_pre_test
	echo 'cluster.abort: 1' >>"$TMP_RESULT_ROOT/last_state"
	if [ $tries -eq 100 ]; then
		sync_cluster_state abort
		echo 'cluster.timeout: 1' >>"$TMP_RESULT_ROOT/last_state"
	fi
	exit 1
}

plus()
{
	echo "$*" | tr -s ' ' +
}

wait_other_nodes()
{
	has_cluster || return 0
	[ "$1" != test ] || echo "$2" >>"$TMP/executed-test-programs"
	mkdir "$TMP/wait_other_nodes-once" 2>/dev/null || return 0
	sync_cluster_state write_state "node_roles=$(plus "$node_roles")" "ip=$(hostname -I 2>/dev/null | cut -d' ' -f1)" \
		"direct_macs=$(plus "$direct_macs")" "direct_ips=$(plus "$direct_ips")"
	wait_cluster_state wait_ready
	while read -r line; do
		case $line in
		[A-Za-z_]*=*) export "${line?}" ;;
		esac
	done <<-EOT
	$(sync_cluster_state roles_ip)
	EOT
}

# A node that only serves stays until the clients are done.
wait_clients_finish()
{
	[ -n "$node_roles" ] && [ "$cluster" != cs-localhost ] && [ ! -f "$TMP/executed-test-programs" ] || return 0
	wait_cluster_state wait_finish
}

# run_program KIND [name=value]... COMMAND KIND PROGRAM [argument]...
run_program()
{
	kind=$1
	shift
	program=$(program_of "$@")
	echo "$program" >>"$TMP/program_list"
	env "$@"
	status=$?
	[ $status -ne 0 ] || return 0
	wakeup_pre_test
	echo "$kind.$program.exit_code.$status: 1" >>"$TMP_RESULT_ROOT/last_state"
	echo 'exit_fail: 1' >>"$TMP_RESULT_ROOT/last_state"
	sync_cluster_state failed
	exit $status
}

program_of()
{
	while [ "$1" != "$LKP_SRC/bin/run-program" ]; do
		shift
	done
	echo "$3"
}

run_setup()
{
	run_program setup "$@"
}

start_daemon()
{
	echo $$ >>"$TMP/pid-start-daemon"
	if [ "$cluster" = cs-localhost ]; then
		program=$(program_of "$@")
		echo "$program" >>"$TMP/program_list"
		env "$@" &
		daemon=$!
		echo $daemon >>"$TMP/pid-bg-proc-$program"
		# It is up when it has detached itself; one that doesn't do that gets a second.
		tries=0
		while [ $tries -lt 20 ] && kill -0 $daemon 2>/dev/null; do
			tries=$((tries + 1))
			sleep 0.05
		done
	else
		run_program daemon "$@"
	fi
	sync_cluster_state finished
	wait_other_nodes daemon
	wakeup_pre_test
	wait_clients_finish
}

run_test()
{
	echo $$ >>"$TMP/pid-run-tests"
	wait_other_nodes test "$(program_of "$@")"
	wakeup_pre_test
	run_program test "$@"
	sync_cluster_state finished
}
