# log_cmd COMMAND [argument]...: runs it, and writes it to reproduce.sh as well; used with `.` by programs.
# shellcheck shell=sh

log_cmd()
{
	echo "$(date '+%F %T') $*"
	echo "$*" >>"$RESULT_ROOT/reproduce.sh"
	"$@"
}
