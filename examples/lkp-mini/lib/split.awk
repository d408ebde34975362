# In: a job (see job.awk), HOST_FILE, LKP_FORCE, LKP_SET in the environment. Out: a file per atomic job, its name on stdout.

function emit(doc,    name)
{
	name = out "/" base "-" path_params(doc)
	if (value_of(doc, "kconfig") != "")
		name = name "-" value_of(doc, "kconfig")
	if (value_of(doc, "commit") != "")
		name = name "-" value_of(doc, "commit")
	if (value_of(doc, "rootfs") != "")
		name = name "-" value_of(doc, "rootfs")
	name = name ".yaml"
	print "---\n\n#! " origin > (name ".new")
	yaml_write(doc, name ".new")
	close(name ".new")
	Rename[++Renames] = name
	print file " => " name
}

# Every combination of the values of lists, the first list slowest.
function each(doc, i,    n, j, items, all)
{
	for (; i <= Entries[doc]; i++) {
		if (Kind[doc, i] != "list" || !(Key[doc, i] in Dimension))
			continue
		all = Text[doc, i]
		n = split(all, items, "\n")
		Kind[doc, i] = "text"
		for (j = 1; j <= n; j++) {
			Text[doc, i] = items[j]
			each(doc, i + 1)
		}
		Kind[doc, i] = "list"
		Text[doc, i] = all
		return
	}
	emit(doc)
}

END {
	if (Failed)
		exit 1
	yaml_text("force", ENVIRON["LKP_FORCE"])
	yaml_text("host", ENVIRON["LKP_HOST"])
	yaml_text("set", ENVIRON["LKP_SET"])
	# The first document is a job; each further one is the first with changes.
	for (d = 1; d <= Docs; d++) {
		if (d > 1)
			merge("variant", 1, d)
		else {
			yaml_begin("none")
			merge("variant", 1, "none")
		}
		merge("forced", "variant", "force")
		if (top("forced", "cluster")) {
			yaml_text("roles", "node_roles: server client")
			merge("placed", "forced", "roles")
		} else
			merge("placed", "forced", "none")
		merge("hosted", "placed", "host", 1)
		merge("set job", "hosted", "set")
		deepen("job", "set job")
		find_parameters("job")
		each("job", 1)
	}
	for (i = 1; i <= Renames; i++)
		print Rename[i] > list
}
