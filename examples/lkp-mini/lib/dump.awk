# In: lines `name: number` of a program's `parse`, `group`. Out: `file`, none when there is no number but 0.

/^#/ || !/: / { next }

{
	at = index($0, ": ")
	name = substr($0, 1, at - 1)
	value = substr($0, at + 2)
	gsub(/[ \t\r]/, "", value)
	if (name ~ /[ \t"\\]/ || value !~ /^-?[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]+)?$/) {
		print "invalid stats value | monitor: " group ", stat: " $0 > "/dev/stderr"
		next
	}
	sample(group "." name, value)
}

END {
	for (i = 1; i <= Names; i++) {
		for (j = 1; j <= Samples[Name[i]] && Sample[Name[i], j] + 0 == 0; j++)
			;
		if (j <= Samples[Name[i]])
			Name[++kept] = Name[i]
	}
	Names = kept + 0
	if (Names)
		samples_write(file)
}
