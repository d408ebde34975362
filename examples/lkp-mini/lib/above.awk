# In: the matrix of the runs before (kind=old) and the stats of this one (kind=new). Out: in `above` matrix.json.new with
# one sample more, avg.json and stddev.json.

kind == "old" {
	samples_line($0)
	next
}

FNR == 1 {
	for (i = 1; i <= Names; i++)
		if (Samples[Name[i]] > before)
			before = Samples[Name[i]]
}

function add(name, value)
{
	# Runs that had none of it count as 0.
	while (Samples[name] < before)
		sample(name, 0)
	sample(name, value)
}

/^  "/ {
	sub(/^  "/, "")
	sub(/,$/, "")
	at = index($0, "\": ")
	add(substr($0, 1, at - 1), substr($0, at + 3))
}

# A busybox may have been built without sqrt().
function root_of(square,    guess, i)
{
	guess = square > 1 ? square : 1
	for (i = 0; square > 0 && i < 100; i++)
		guess = (guess + square / guess) / 2
	return square > 0 ? guess : 0
}

function write_number(file, name, value, first)
{
	printf "%s  \"%s\": %s", first ? "" : ",\n", name, number(value) > file
}

END {
	runs = before + 1
	avg = above "/avg.json"
	stddev = above "/stddev.json"
	print "{" > avg
	print "{" > stddev
	for (i = 1; i <= Names; i++) {
		name = Name[i]
		if (name == "stats_source")
			continue
		mean = sum(name) / runs
		square = 0
		for (j = 1; j <= runs; j++)
			square += (Sample[name, j] - mean) * (Sample[name, j] - mean)
		write_number(avg, name, mean, !written)
		write_number(stddev, name, root_of(square / runs), !written)
		written = 1
	}
	print "\n}" > avg
	print "\n}" > stddev
	add("stats_source", "\"" root "/stats.json\"")
	samples_write(above "/matrix.json.new")
}
