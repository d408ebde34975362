# What a job is, above its YAML. Read with the command line `kind=program programs/*/{setup,daemon,run} kind=job JOB`:
# the leading comments `# - name` of a program are its parameters. Documents of the job are 1..Docs.

kind == "program" {
	if (FNR == 1) {
		parts = split(FILENAME, part, "/")
		Program[part[parts - 1]] = part[parts]
		reading = 1
	}
	if ($0 == "")
		reading = 0
	if (reading && $0 ~ /^# [-=] [A-Za-z0-9_.]+$/)
		Option[part[parts - 1], ++Options[part[parts - 1]]] = $3
	next
}

kind == "job" {
	if (!Docs || $0 ~ /^---/)
		if (!(Docs && !Entries[Docs]))
			yaml_begin(++Docs)
	if ($0 !~ /^(---|\.\.\.|%)/)
		yaml_line(Docs, $0)
}

# Copies an entry with what is inside it.
function copy(to, from, i,    last)
{
	for (last = inside(from, i); i <= last; i++)
		yaml_add(to, Depth[from, i], Key[from, i], Kind[from, i], Text[from, i])
}

# `to` = `base` with the keys of `over` put in their places, new ones at the end. With keep, only missing ones are added.
function merge(to, base, over, keep,    i, at)
{
	yaml_begin(to)
	for (i = 1; i <= Entries[base]; i = inside(base, i) + 1) {
		at = keep ? 0 : top(over, Key[base, i])
		copy(to, at ? over : base, at ? at : i)
	}
	for (i = 1; i <= Entries[over]; i = inside(over, i) + 1)
		if (!top(base, Key[over, i]))
			copy(to, over, i)
}

# `to` = `from` with every key `a.b` of the top as `b` in the map `a`, where there is that map.
function deepen(to, from,    i, j, last, map, at)
{
	yaml_begin(to)
	for (i = 1; i <= Entries[from]; i = last + 1) {
		last = inside(from, i)
		map = Key[from, i]
		if (sub(/\.[^.]*$/, "", map) && Kind[from, top(from, map)] == "map")
			continue
		if (Kind[from, i] != "map") {
			copy(to, from, i)
			continue
		}
		split("", Deepened)
		yaml_add(to, 0, map, "map", "")
		for (j = i + 1; j <= last; j = inside(from, j) + 1) {
			at = top(from, map "." Key[from, j])
			if (!at)
				copy(to, from, j)
			else {
				yaml_add(to, 1, Key[from, j], Kind[from, at], Text[from, at])
				Deepened[at] = 1
			}
		}
		for (j = 1; j <= Entries[from]; j++)
			if (!Depth[from, j] && index(Key[from, j], map ".") == 1 && !(j in Deepened))
				yaml_add(to, 1, substr(Key[from, j], length(map) + 2), Kind[from, j], Text[from, j])
	}
}

# Which keys of a job are parameters: they span the matrix and name the result.
function find_parameters(doc,    i, j, key, words, n)
{
	split("", Parameter)
	Parameter["cluster"] = Parameter["nr_instances"] = Parameter["cpu_node_bind"] = Parameter["mem_node_bind"] = 1
	for (i = 1; i <= Entries[doc]; i++) {
		key = Key[doc, i]
		if (key in Program) {
			Parameter[key] = 1
			for (j = 1; j <= Options[key]; j++)
				Parameter[Option[key, j]] = 1
		}
	}
	split("", Dimension)
	for (key in Parameter)
		Dimension[key] = 1
	n = split("kconfig commit rootfs", words, " ")
	for (i = 1; i <= n; i++)
		Dimension[words[i]] = 1
}

# The part of names and paths that tells an atomic job from its siblings: its parameters' values, sorted by their names.
function path_params(doc,    i, j, n, keys, values, path)
{
	n = 0
	for (i = 1; i <= Entries[doc]; i++) {
		if (!(Key[doc, i] in Parameter) || Kind[doc, i] != "text")
			continue
		for (j = n++; j > 0 && keys[j] > Key[doc, i]; j--) {
			keys[j + 1] = keys[j]
			values[j + 1] = values[j]
		}
		keys[j + 1] = Key[doc, i]
		values[j + 1] = Text[doc, i]
	}
	for (i = 1; i <= n; i++)
		path = path (i > 1 ? "-" : "") substr(values[i], 1, 31)
	gsub(/[^-a-zA-Z0-9+=:.%]/, "_", path)
	sub(/-$/, "", path)
	return path == "" ? "defaults" : path
}
