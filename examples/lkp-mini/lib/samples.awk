# A table of samples, name by name: written as JSON and read back from what it wrote.

function sample(name, value)
{
	if (!Samples[name])
		Name[++Names] = name
	Sample[name, ++Samples[name]] = value
}

# A line of the JSON that samples_write() makes.
function samples_line(line)
{
	if (line ~ /^  ".*": \[/) {
		Reading = line
		sub(/^  "/, "", Reading)
		sub(/": \[$/, "", Reading)
	} else if (line ~ /^    /) {
		sub(/^ */, "", line)
		sub(/,$/, "", line)
		sample(Reading, line)
	}
}

function samples_write(file,    i, j)
{
	print "{" > file
	for (i = 1; i <= Names; i++) {
		print "  \"" Name[i] "\": [" > file
		for (j = 1; j <= Samples[Name[i]]; j++)
			print "    " Sample[Name[i], j] (j < Samples[Name[i]] ? "," : "") > file
		print "  ]" (i < Names ? "," : "") > file
	}
	print "}" > file
	close(file)
}

function sum(name,    j, total)
{
	for (j = 1; j <= Samples[name]; j++)
		total += Sample[name, j]
	return total
}

function number(value)
{
	return value == int(value) && value < 1000000000000 ? sprintf("%d", value) : sprintf("%.15g", value)
}
