# Used with `.` by the commands.
# shellcheck shell=sh

log()
{
	echo "$(date '+%F %T') $1 -- $2" >&2
}

log_error()
{
	log ERROR "$1"
}

log_warn()
{
	log WARN "$1"
}

# The group of a machine: without the number at the end of its name.
tbox_group()
{
	echo "$1" | sed -e '/.-[0-9][0-9]*$/{' -e 's/-[0-9]*$//' -e 's/-[0-9][0-9]*-/-/' -e '}'
}

# job_awk WHAT JOB [variable=value]...: runs lib/WHAT.awk on a job and on the comments of all programs.
job_awk()
{
	what=$1
	job_file=$2
	shift 2
	set -- "$@" kind=program
	for program in "$LKP_SRC"/programs/*/setup "$LKP_SRC"/programs/*/daemon "$LKP_SRC"/programs/*/run; do
		[ ! -f "$program" ] || set -- "$@" "$program"
	done
	# awk takes an argument with `=` before any `/` for an assignment.
	case $job_file in
	/* | ./*) ;;
	*) job_file=./$job_file ;;
	esac
	awk -f "$LKP_SRC/lib/yaml.awk" -f "$LKP_SRC/lib/job.awk" -f "$LKP_SRC/lib/$what.awk" "$@" kind=job "$job_file"
}
