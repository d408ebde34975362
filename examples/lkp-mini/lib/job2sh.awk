# In: an atomic job as it is run. Out: its job.sh on stdout: run_job() and extract_stats().

function shell(text)
{
	gsub(/'/, "'\\''", text)
	return "'" text "'"
}

# The values of a parameter that are meant: `50%` of the CPUs, `5m` in seconds (params/ says which is which).
function meant(key, text,    number)
{
	if (Rule[key] == "percent-of-cpus" && text ~ /^[0-9.]+%$/)
		return int(text * value_of(1, "nr_cpu") / 100)
	if (Rule[key] == "seconds" && text ~ /^[0-9.]+[smhd]$/) {
		number = substr(text, 1, length(text) - 1)
		if (text ~ /m$/)
			return number * 60
		if (text ~ /h$/)
			return number * 3600
		return text ~ /d$/ ? number * 86400 : number
	}
	return text
}

function arguments(text,    n, i, words, all)
{
	n = split(text, words, " ")
	for (i = 1; i <= n; i++)
		all = all " " shell(words[i])
	return all
}

# The command of the program of entry i, with its own parameters.
function call(i, tabs,    j, environment, name, kind)
{
	name = Key[1, i]
	for (j = i + 1; j <= inside(1, i); j++)
		if (Key[1, j] ~ /^[A-Za-z_][A-Za-z0-9_]*$/)
			environment = environment " " Key[1, j] "=" shell(meant(Key[1, j], Text[1, j]))
	kind = Program[name] == "run" ? "test" : Program[name]
	print tabs (kind == "daemon" ? "start_daemon" : "run_" kind) environment " \"$LKP_SRC/bin/run-program\" " kind " " name \
		(Kind[1, i] == "text" ? arguments(Text[1, i]) : "")
}

# The programs from entry i on that lie this deep, and the blocks around them.
function programs(i, last, depth,    tabs)
{
	tabs = substr("\t\t\t\t\t\t\t\t", 1, depth + 1)
	for (; i <= last; i = inside(1, i) + 1)
		if (Key[1, i] ~ /^if /) {
			print "\n" tabs Key[1, i] "\n" tabs "then\n" tabs "\t:"
			programs(i + 1, inside(1, i), depth + 1)
			print tabs "fi"
		} else if (Key[1, i] in Program)
			call(i, tabs)
}

FILENAME ~ /\/params\// && kind == "params" {
	if ($0 !~ /^#/) {
		parts = split(FILENAME, part, "/")
		Rule[part[parts]] = $1
	}
}

END {
	if (Failed)
		exit 1
	print "#!/bin/sh\n\nexport_top_env()\n{"
	for (i = 1; i <= Entries[1]; i++)
		if (!Depth[1, i] && Kind[1, i] != "map" && !(Key[1, i] in Program) && Key[1, i] ~ /^[A-Za-z_][A-Za-z0-9_]*$/)
			print "\texport " Key[1, i] "=" shell(meant(Key[1, i], Text[1, i]))
	print "}\n\nrun_job()\n{\n\techo $$ >\"$TMP/run-job.pid\"\n\n\t. \"$LKP_SRC/lib/job.sh\"\n\n\texport_top_env\n"
	programs(1, Entries[1], 0)
	print "}\n\nextract_stats()\n{\n\texport_top_env\n"
	for (i = 1; i <= Entries[1]; i++)
		if (Key[1, i] in Program && !(Key[1, i] in Extracted)) {
			Extracted[Key[1, i]] = 1
			print "\t\"$LKP_SRC/bin/run-stats\" " Key[1, i]
			if (Program[Key[1, i]] == "run")
				times = times "\t\"$LKP_SRC/bin/run-stats\" time " Key[1, i] ".time\n"
		}
	print "\n" times "\t\"$LKP_SRC/bin/run-stats\" last_state\n\t\"$LKP_SRC/bin/run-stats\" time"
	print "}\n\n\"$@\""
}
