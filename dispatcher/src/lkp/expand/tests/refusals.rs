//! Jobs that are not expanded here, and why.

use super::*;

#[test]
fn code_in_jobs_is_evaluated_or_refused_with_its_place() {
    let text = "fs: [xfs, ext4]\nbench:\n  size: {{\n    case fs\n    when 'xfs' then 5\n    end\n    }}\n  mode: \"m-{{ fs }}\"\n";
    assert_eq!(job(text).names(""), ["j-xfs-m-xfs-5"], "ext4 has none");
    let of_node = job("a: 1\nbench:\n  size: {{ memory.to_i / 2 }}\n");
    assert_eq!(
        of_node.error(""),
        "jobs/j.yaml:3: `memory.to_i / 2` has `memory` is known only on the node, which cannot be evaluated here; the atomic jobs are known only on the node"
    );
    assert!(of_node.expand("").unwrap_err().is_known_on_node());
    assert_eq!(of_node.names("{memory: 8}"), ["j-4"]);
    assert_eq!(
        job("bench:\n  size: {{ frobs == 1 }}\n").error(""),
        "jobs/j.yaml:2: `frobs == 1` names `frobs`, which the job does not have; add the key, or set it"
    );
    let beyond = job("bench:\n% [1, 2].each do |n|\n  size: 1\n% end\n");
    assert!(beyond.expand("").unwrap_err().is_known_on_node());
    assert_eq!(
        job("n: 4\nbench:\n% if n > 3\n  size: <%= n %>\n% end\n").names(""),
        ["j-4"]
    );
}

#[test]
fn what_cannot_be_known_or_must_not_be_is_refused() {
    let arch = Small::new(&[
        ("jobs/j.yaml", "cpu:\n"),
        ("programs/cpu/run", "# - arch\n"),
    ]);
    assert_eq!(
        arch.error(""),
        "j.yaml: the names of its atomic jobs hold the value of `arch`, which is known only on the node; set `arch` to know them before"
    );
    assert_eq!(arch.names("{arch: arm64}"), ["j-arm64"]);
    let bus = job("bench:\n  size: 1\n");
    assert!(bus.expand("{mode: $word}").unwrap_err().is_known_on_node());
    assert_eq!(bus.names("{direct_server_ips: $word}"), ["j-1"]);
    assert!(
        bus.error("{commit: ../../x}")
            .contains("take the `/` out of")
    );
    assert!(
        job("bench:\n  size: []\n")
            .error("")
            .contains("no atomic job")
    );
    assert!(job("- a\n").error("").contains("holds a list"));
    assert!(job("# nothing\n").error("").contains("first document"));
    let yaml = job("a: 1\nbench:\n  size: [1\nx: 2\n").error("");
    assert!(yaml.starts_with("jobs/j.yaml:"), "{yaml}");
}

#[test]
fn a_matrix_without_end_is_refused_with_its_factors() {
    let list: String = (0..1000).map(|n| format!("{n},")).collect();
    let text = format!("bench:\n  mode: [{list}]\n  size: [{list}]\n  runtime: [{list}]\n");
    assert_eq!(
        job(&text).error(""),
        "j.yaml: more than 10000 atomic jobs (bench.mode: 1000 × bench.size: 1000 × bench.runtime: 1000); set one or several of these keys to a single value"
    );
    // Lists in lists are not among the factors.
    let nested = format!("bench:\n  mode: [[{list}], [{list}]]\n  size: [[{list}]]\n");
    assert!(job(&nested).error("").contains("more than 10000"));
}
