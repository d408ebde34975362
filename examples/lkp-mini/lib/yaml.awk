# The part of YAML that jobs are written in: nested maps, texts, lists of texts (block or [flow]), comments, several
# documents. In: lines, by yaml_line(). Out: for document D the entries 1..Entries[D] in the order of the file, each with
# Depth, Key, Kind (nil, text, list, map) and Text (the items of a list with newlines between them). What is inside a map
# follows it, one deeper.

function yaml_begin(doc)
{
	Entries[doc] = 0
	Open = 0
}

function yaml_fail(why)
{
	print (FILENAME == "" ? "-s" : FILENAME) ": " why > "/dev/stderr"
	Failed = 1
	exit 1
}

function yaml_add(doc, depth, key, kind, text,    i)
{
	i = ++Entries[doc]
	Depth[doc, i] = depth
	Key[doc, i] = key
	Kind[doc, i] = kind
	Text[doc, i] = text
	return i
}

function trim(s)
{
	sub(/^[ \t\r]+/, "", s)
	sub(/[ \t\r]+$/, "", s)
	return s
}

# Where the quoted text that s begins with ends; 0 when it doesn't.
function closing_quote(s,    quote, i, c)
{
	quote = substr(s, 1, 1)
	for (i = 2; i <= length(s); i++) {
		c = substr(s, i, 1)
		if (quote == "\"" && c == "\\")
			i++
		else if (c == quote) {
			if (quote == "'" && substr(s, i + 1, 1) == "'")
				i++
			else
				return i
		}
	}
	return 0
}

# A value without its quotes.
function unquote(s,    quote)
{
	s = trim(s)
	quote = substr(s, 1, 1)
	if ((quote == "\"" || quote == "'") && closing_quote(s) == length(s)) {
		s = substr(s, 2, length(s) - 2)
		if (quote == "'")
			gsub(/''/, "'", s)
		else {
			gsub(/\\"/, "\"", s)
			gsub(/\\\\/, "\\", s)
		}
	}
	return s
}

# A line without the comment at its end.
function uncomment(s,    i, c, before)
{
	before = " "
	for (i = 1; i <= length(s); i++) {
		c = substr(s, i, 1)
		if (c == "#" && before ~ /[ \t]/)
			return substr(s, 1, i - 1)
		if ((c == "\"" || c == "'") && before ~ /[][ \t,{}:]/ && closing_quote(substr(s, i)))
			i += closing_quote(substr(s, i)) - 1
		before = substr(s, i, 1)
	}
	return s
}

# Cuts "a, 'b, c', d" at its commas; the pieces are in Piece[1..].
function cut(s,    n, i, c, start)
{
	n = 0
	start = 1
	for (i = 1; i <= length(s) + 1; i++) {
		c = substr(s, i, 1)
		if ((c == "\"" || c == "'") && trim(substr(s, start, i - start)) == "" && closing_quote(substr(s, i)))
			i += closing_quote(substr(s, i)) - 1
		else if (c == "," || i == length(s) + 1) {
			Piece[++n] = trim(substr(s, start, i - start))
			start = i + 1
		}
	}
	if (Piece[n] == "")
		n--
	return n
}

# Where the key of "key: value" ends: the place of its colon; 0 when there is none.
function key_end(s,    from, colon)
{
	from = 0
	if (s ~ /^["']/)
		from = closing_quote(s)
	colon = match(substr(s, from + 1), /:([ \t]|$)/)
	return colon ? from + colon : 0
}

function yaml_value(doc, depth, key, value,    i, n, end, text)
{
	value = trim(value)
	if (value == "" || value == "~" || value == "null")
		return yaml_add(doc, depth, key, "nil", "")
	if (value ~ /^\[.*\]$/) {
		n = cut(substr(value, 2, length(value) - 2))
		text = n ? unquote(Piece[1]) : ""
		for (i = 2; i <= n; i++)
			text = text "\n" unquote(Piece[i])
		return yaml_add(doc, depth, key, "list", text)
	}
	if (value ~ /^\{.*\}$/) {
		yaml_add(doc, depth, key, "map", "")
		n = cut(substr(value, 2, length(value) - 2))
		for (i = 1; i <= n; i++) {
			end = key_end(Piece[i])
			if (!end)
				yaml_fail("not read here: " value)
			text = unquote(substr(Piece[i], end + 1))
			yaml_add(doc, depth + 1, unquote(substr(Piece[i], 1, end - 1)), text == "" ? "nil" : "text", text)
		}
		return Entries[doc]
	}
	if (value ~ /^[[{|>&*!]/)
		yaml_fail("this kind of value is not read here: " value)
	return yaml_add(doc, depth, key, "text", unquote(value))
}

function yaml_line(doc, line,    indent, end, last, item)
{
	line = uncomment(line)
	if (line ~ /^[ \t\r]*$/)
		return
	if (line ~ /^ *\t/)
		yaml_fail("a tab at the begin of a line")
	match(line, /^ */)
	indent = RLENGTH
	line = trim(line)
	last = Entries[doc]

	if (line == "-" || line ~ /^- /) {
		if (!last || (Kind[doc, last] != "nil" && Kind[doc, last] != "list") || indent < At[Open])
			yaml_fail("an item without a list: " line)
		item = unquote(substr(line, 2))
		Text[doc, last] = Kind[doc, last] == "nil" ? item : Text[doc, last] "\n" item
		Kind[doc, last] = "list"
		return
	}
	end = key_end(line)
	if (!end)
		yaml_fail("neither `key: value` nor `- item`: " line)
	while (Open && At[Open] >= indent)
		Open--
	if (Open) {
		if (Kind[doc, Of[Open]] == "nil")
			Kind[doc, Of[Open]] = "map"
		if (Kind[doc, Of[Open]] != "map")
			yaml_fail("deeper than its key allows: " line)
	}
	Of[Open + 1] = Entries[doc] + 1
	yaml_value(doc, Open, unquote(substr(line, 1, end - 1)), substr(line, end + 1))
	At[++Open] = indent
}

function yaml_text(doc, text,    n, i, lines)
{
	yaml_begin(doc)
	n = split(text, lines, "\n")
	for (i = 1; i <= n; i++)
		yaml_line(doc, lines[i])
}

# The last entry inside entry i: i itself when it is no map.
function inside(doc, i,    last)
{
	for (last = i; last < Entries[doc] && Depth[doc, last + 1] > Depth[doc, i]; last++)
		;
	return last
}

# The entry of a key at the top; 0 when it isn't there.
function top(doc, key,    i)
{
	for (i = 1; i <= Entries[doc]; i++)
		if (!Depth[doc, i] && Key[doc, i] == key)
			return i
	return 0
}

function value_of(doc, key,    i)
{
	i = top(doc, key)
	return i ? Text[doc, i] : ""
}

# A value as it can stand behind `key: `.
function quoted(text)
{
	if (text ~ /^[A-Za-z0-9_.\/%+][A-Za-z0-9_.\/%+=@,~ -]*$/ && text !~ / $/)
		return text
	gsub(/'/, "''", text)
	return "'" text "'"
}

function yaml_write(doc, file,    i, j, n, tabs, items, key)
{
	for (i = 1; i <= Entries[doc]; i++) {
		tabs = sprintf("%" (2 * Depth[doc, i]) "s", "")
		key = Key[doc, i]
		if (key !~ /^[A-Za-z0-9_.\/% +-]+$/)
			key = quoted(key)
		print tabs key ":" (Kind[doc, i] == "text" ? " " quoted(Text[doc, i]) : "") > file
		if (Kind[doc, i] != "list")
			continue
		n = split(Text[doc, i], items, "\n")
		for (j = 1; j <= n; j++)
			print tabs "- " quoted(items[j]) > file
	}
}
