//! Names of jobs and of parameters become paths and commands; these must not.

use std::path::Path;

use common::{JobTest, need};

use super::job::{job, roles};
use super::tree::{Tree, miniature};

/// What a hostile name would make.
const TOUCHED: &str = "/dispatch-lkp-touched";

#[test]
fn names_that_leave_their_folder_are_refused_when_read() {
    let cases = [
        ("jobs: [../../etc/passwd]", "J070", "`..`"),
        ("jobs: ['a;touch /dispatch-lkp-touched']", "J070", "`;`"),
        ("jobs: [/etc/passwd]", "J070", "absolute"),
        ("jobs: [-n]", "J070", "begins with `-`"),
        ("jobs: [mytest], cases: [../../etc]", "J070", "`..`"),
        ("jobs: [mytest], set: {\"a\\nb\": 1}", "J0", "set"),
        (
            "jobs: [mytest], set: {'$(touch /dispatch-lkp-touched)': 1}",
            "J0",
            "set",
        ),
    ];
    for (keys, code, words) in cases {
        let block = format!("lkp: {{source: {}, {keys}}}", miniature().display());
        let outcome = JobTest::new(keys)
            .job(&job("sandbox", &[block]))
            .expect_exit(2)
            .run();
        outcome.says(&format!("error[{code}"));
        outcome.says(words);
        outcome.says("job.yaml:11:");
        assert_eq!(outcome.run_id(), None, "no run is made\n{outcome}");
    }
    assert!(!Path::new(TOUCHED).exists());
}

/// `split-job` of a tree that names its atomic job as it likes.
fn splits_into(commands: &str) -> Tree {
    let script = format!(
        "#!/bin/sh\nwhile [ \"$1\" != -o ]; do shift; done\ncd \"$2\" || exit\n\
         echo 'suite: mytest' >job\n{commands}\n"
    );
    Tree::copy().program("sbin/split-job", &script)
}

#[test]
fn names_that_a_tree_makes_up_are_refused_on_the_node() {
    let name = "lkp::names::names_that_a_tree_makes_up_are_refused_on_the_node";
    if !need::root(name) {
        return;
    }
    let trees = [
        ("command", splits_into("mv job 'a;touch ~touched.yaml'")),
        (
            "substitution",
            splits_into("mv job '$(touch touched).yaml'"),
        ),
        ("option", splits_into("mv job ./-rf.yaml")),
        ("lines", splits_into("mv job 'a\njob b.yaml'")),
        ("link", splits_into("rm job; ln -s /etc/passwd a.yaml")),
        ("many", splits_into("cp job a.yaml; mv job b.yaml")),
    ];
    let block = |tree: &Tree| format!("source: {}, jobs: [mytest]", tree.path().display());
    let blocks: Vec<_> = trees.iter().map(|(role, t)| (*role, block(t))).collect();
    let text = roles("sandbox", &blocks);
    let outcome = JobTest::new("hostile split-job")
        .job(&text)
        .expect_exit(4)
        .run();
    let run = outcome.run_dir();
    for (role, _) in &trees {
        let failure = outcome.failure_of(role).expect("it is incomplete");
        assert_eq!(failure["class"], "job", "{role}\n{outcome}");
        let words = failure["message"].as_str().unwrap();
        let wanted = match *role {
            "link" => "made no job",
            "many" => "LKP splits it into",
            _ => "cannot be the name of an atomic job",
        };
        assert!(words.contains(wanted), "{role}: {words}");
        assert!(
            !run.join("lkp").join(role).exists(),
            "{role} has no results"
        );
    }
    assert!(!Path::new(TOUCHED).exists());
}

#[test]
fn a_parameter_that_looks_like_a_path_stays_a_name() {
    let name = "lkp::names::a_parameter_that_looks_like_a_path_stays_a_name";
    if !need::root(name) {
        return;
    }
    let hostile = "../../../../tmp/x;touch /dispatch-lkp-touched";
    let block = format!(
        "lkp: {{source: {}, jobs: [mytest], set: {{cmd: {}}}}}",
        miniature().display(),
        common::yaml::text(hostile)
    );
    let outcome = JobTest::new("hostile parameter")
        .job(&job("sandbox", &[block]))
        .run();
    assert!(
        [Some(0), Some(1), Some(2)].contains(&outcome.code),
        "an answer and not an accident\n{outcome}"
    );
    for point in super::job::points(&outcome, "node") {
        let folder = outcome
            .run_dir()
            .join(point["folder"].as_str().unwrap_or("."));
        let real = std::fs::canonicalize(&folder).unwrap();
        let run = std::fs::canonicalize(outcome.run_dir()).unwrap();
        assert!(real.starts_with(run), "{}", folder.display());
    }
    assert!(!Path::new(TOUCHED).exists());
}
