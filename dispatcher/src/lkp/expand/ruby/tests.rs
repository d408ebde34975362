use job_schema::yaml::Value;

use super::*;

fn map(text: &str) -> crate::lkp::expand::Map {
    match job_schema::parse_value(text).unwrap() {
        Value::Map(map) => map,
        _ => panic!("no mapping"),
    }
}

#[test]
fn the_code_of_real_jobs_has_its_value() {
    let job = map(
        "{fs: ext4, fs2: nfsv4, n: 7, list: [a], none: ~, aim7: {test: disk_src}, memory: \"\\0known only on the node\"}",
    );
    let cases = [
        ("fs == 'f2fs' ? nil : 'disk_src'", "disk_src"),
        ("fs =~ /ext4|xfs/ ? '1000n' : '4000n'", "1000n"),
        (
            "\n if fs == 'btrfs'\n 1\n elsif aim7.test == 'disk_src' || false\n 500\n else\n 2\n end\n",
            "500",
        ),
        (
            "case fs when 'btrfs' then 10\n when 'xfs', 'ext4' then fs2 == 'nfsv4' ? '50M' : '100M'\n else 3 end",
            "50M",
        ),
        ("case fs\n when /^x/\n 1\n end", ""),
        ("\"need: #{fs.upcase}_FS\"", "need: EXT4_FS"),
        ("unless job['none'] and n > 1\n 'yes' end", "yes"),
        ("n / 2 * 3 - 1 + -2", "6"),
        ("(-7) / 2", "-4"),
        ("!(n >= 7) || !list.empty?", "true"),
        ("to_byte('4K') + to_seconds('2m')", "4216"),
        ("fs.start_with?('ext') && list.include?('a')", "true"),
        ("n == 7.0 # a comment", "true"),
    ];
    for (code, wanted) in cases {
        let scope = Scope {
            job: &job,
            found: None,
        };
        let value = evaluate(code, &scope).map(|it| crate::lkp::expand::psych::text(&it));
        assert_eq!(value.as_deref(), Ok(wanted), "{code}");
    }
}

#[test]
fn what_goes_beyond_is_refused_and_never_guessed() {
    let job = map("{fs: ext4, memory: \"\\0known only on the node\"}");
    let deep = format!("{}1{}", "(".repeat(100_000), ")".repeat(100_000));
    let cases = [
        ("nothing", "Name(\"nothing\")"),
        ("job.nothing", "Name(\"nothing\")"),
        ("memory", "`memory` is known only on the node"),
        ("job['memory']", "`memory` is known only on the node"),
        ("`id`", "```"),
        ("system('id')", "the function `system`"),
        ("File.read('/etc/passwd')", "Name(\"File\")"),
        ("fs =~ /(?!x)/", "the regular expression"),
        ("fs.each { |x| x }", "`|`"),
        ("fs * 3", "`*` on these values"),
        ("1 / 0", "1 / 0"),
        ("'", "is not closed"),
        ("if fs", "`end` is missing"),
        ("9223372036854775807 + 1", "9223372036854775807 + 1"),
        (deep.as_str(), "nested too deeply"),
    ];
    for (code, wanted) in cases {
        let scope = Scope {
            job: &job,
            found: None,
        };
        let error = format!("{:?}", evaluate(code, &scope).unwrap_err());
        let short = &code[..code.len().min(40)];
        assert!(error.contains(wanted), "{short}: {error}");
    }
}

#[test]
fn a_template_writes_what_its_code_lets_through() {
    let job = map("{___: {test: tun}, fs: xfs}");
    let scope = Scope {
        job: &job,
        found: None,
    };
    let text = "a: 1\n% if ___.test == \"tun\"\nb: <%= fs.upcase %>!\n% else\nc: 3\n% end\n<%# not this %>d: 4\n";
    assert_eq!(template(text, &scope).unwrap(), "a: 1\nb: XFS!\nd: 4\n");
    assert_eq!(without_code(text), "a: 1\nb: !\nc: 3\nd: 4");
    assert!(is_template(text) && !is_template("a: 100%\n"));
    let chain: String = (0..2000)
        .map(|n| format!("% elsif fs == \"{n}\"\nx: {n}\n"))
        .collect();
    let long = format!("% if false\n{chain}% else\ny: 1\n% end\n");
    assert_eq!(template(&long, &scope).unwrap(), "y: 1\n");
}
