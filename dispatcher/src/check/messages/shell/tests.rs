//! What is read, and what is not.

use super::parse;

#[test]
fn scripts_of_the_field_are_read() {
    for script in [
        "",
        "# only words",
        "a; b & c && d || ! e | f |& g",
        "if a; then b; elif c\nthen d; else e; fi >log 2>&1",
        "for i in 1 2 $(seq 3); do echo $i; done\nfor a\ndo b; done",
        "while read -r line; do echo \"$line\"; done < file",
        "until test -e x\ndo sleep 1\ndone",
        "case $(lava-role) in (server|host) a;; *) b\nesac",
        "f() { echo \"$1\"; }; function g { f x; }; function h () { g; }",
        "cat <<EOF >file\nif then ' \"\nEOF\necho done",
        "cat <<-'E' && echo x\n\ta $(b\n\tE\necho y",
        "a=1 b=$((a + 2)) c=(1 2 3) d+=x command",
        "x=${y:-z} ; echo ${x##*/} ${#x} ${x%.*} \"${y:-a b}\"",
        "[[ $a == b* && -n $c ]] && ((i++)) || let i=i+1",
        "echo a\\\n  b 'it'\\''s' \"q \\\"r\\\"\" `date` $'\\t'",
        "diff <(a) <(b); tr a b <<< text; exec 3>&- 2>/dev/null",
        "(cd x && make) || { echo no; exit 1; }",
        "time sleep 1; { a; } & wait",
        "awk -F'-' '{print $2}' | sed s/}//; find . -exec rm {} \\;",
        "echo ä | grep 'ü'; echo done; echo if then",
    ] {
        assert!(parse(script).is_ok(), "{script}");
    }
}

#[test]
fn what_is_no_script_is_refused_and_never_half_read() {
    let deep = "(".repeat(5000);
    let quoted = "$(".repeat(5000);
    let braces = format!("echo {}", "${a:-".repeat(5000));
    for script in [
        "if a; then b",
        "echo 'open",
        "echo \"open",
        "echo $(open",
        "fi",
        "a ) b",
        "cat <<EOF\nno end",
        "&& a",
        "case x in a) b;; c",
        "select x in a; do b; done",
        "$'\\",
        "`a \\`b\\` c`",
        deep.as_str(),
        quoted.as_str(),
        braces.as_str(),
    ] {
        let start: String = script.chars().take(20).collect();
        assert!(parse(script).is_err(), "{start}");
    }
}

proptest::proptest! {
    /// Whatever a step holds, reading it ends.
    #[test]
    fn any_text_is_read_or_refused(text in r#"[a-z ;&|<>(){}$'"`\\\n=#!\[\]äé*0-9-]{0,80}"#) {
        let _ = parse(&text);
    }
}
