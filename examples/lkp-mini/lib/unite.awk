# In: the files of a run's programs. Out: matrix.json (samples by name) and stats.json (a number by name) in `root`.

{ samples_line($0) }

function stat(name, value)
{
	lines[++count] = "  \"" name "\": " value
}

END {
	samples_write(root "/matrix.json")
	for (i = 1; i <= Names; i++) {
		name = Name[i]
		stat(name, Samples[name] == 1 ? Sample[name, 1] : number(sum(name) / Samples[name]))
		if (name ~ /\.time\.elapsed_time$/ || name == "time.elapsed_time")
			stat(name ".max", Sample[name, 1])
	}
	print "{" > (root "/stats.json")
	for (i = 1; i <= count; i++)
		print lines[i] (i < count ? "," : "") > (root "/stats.json")
	print "}" > (root "/stats.json")
}
