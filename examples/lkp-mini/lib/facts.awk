# In: an atomic job, LKP_FORCE, LKP_DEFAULTS, LKP_SET in the environment. Out: `file` = the job as it is run; on stdout
# shell assignments of what the result folder is named after; in `params` a line `name value` per parameter.

function shell(text)
{
	gsub(/'/, "'\\''", text)
	return "'" text "'"
}

function part_of_path(name, text)
{
	if (text == "" || text ~ /\// || text ~ /^\.+$/)
		yaml_fail("`" name "` can't name a folder: `" text "`")
	print name "=" shell(text)
}

END {
	if (Failed)
		exit 1
	if (value_of(1, "arch") == "") {
		print "split"
		exit
	}
	yaml_text("force", ENVIRON["LKP_FORCE"])
	yaml_text("defaults", ENVIRON["LKP_DEFAULTS"])
	yaml_text("set", ENVIRON["LKP_SET"])
	merge("forced", 1, "force")
	merge("whole", "forced", "defaults", 1)
	merge("job", "whole", "set")
	find_parameters("job")
	part_of_path("testcase", value_of("job", "testcase"))
	part_of_path("params", path_params("job"))
	part_of_path("group", value_of("job", "tbox_group"))
	part_of_path("rootfs", value_of("job", "rootfs"))
	part_of_path("kconfig", value_of("job", "kconfig"))
	part_of_path("compiler", value_of("job", "compiler"))
	part_of_path("commit", value_of("job", "commit"))
	print "---\n\n#! " FILENAME > file
	yaml_write("job", file)
	for (i = 1; i <= Entries["job"]; i++)
		if (Key["job", i] in Parameter && Kind["job", i] != "map")
			print Key["job", i], quoted(Text["job", i]) > params
}
