//! The names of all job files of a real tree against LKP's own.

use std::collections::HashMap;
use std::os::unix::fs::symlink;
use std::process::Command;

use common::need;

use super::*;

const TEST: &str = "lkp_split_job_gives_the_same_names";

/// `LKP_TESTS=<tree> cargo test -p dispatcher --lib lkp::expand -- --ignored --nocapture`
#[test]
#[ignore = "needs LKP_TESTS, a tree of lkp-tests, and some minutes"]
fn lkp_split_job_gives_the_same_names() {
    let Some(top) = std::env::var_os("LKP_TESTS") else {
        return need::not_run(TEST, "needs LKP_TESTS, the path of a tree of lkp-tests");
    };
    if !need::program(
        TEST,
        "ruby",
        "ruby ruby-activesupport ruby-git ruby-tty-command",
    ) {
        return;
    }
    let top = fs::canonicalize(top).unwrap();
    let tree = Tree::open(&top, &[]).unwrap();
    let jobs: Vec<String> = tree.jobs().map(str::to_owned).collect();
    let truth = split(&top, &jobs);
    let mut same = 0;
    for job in &jobs {
        let ours = match expand(&tree, &tree.find_job(job).unwrap(), &Map::new()) {
            Ok(atomic) => atomic.into_iter().map(|it| it.name).collect(),
            Err(error) => vec![error.to_string()],
        };
        let theirs = truth.get(job).cloned().unwrap_or_default();
        if ours == theirs {
            same += 1;
        } else {
            println!("{job}: ours {ours:.200?}, LKP's {theirs:.200?}");
        }
    }
    println!("{same}/{}", jobs.len());
    assert!(same * 100 >= jobs.len() * 95, "{same}/{}", jobs.len());
}

/// What LKP names the atomic jobs of each job file. The tree itself is not written to.
fn split(top: &Path, jobs: &[String]) -> HashMap<String, Vec<String>> {
    let dir = tempfile::tempdir().unwrap();
    let (src, out) = (dir.path().join("src"), dir.path().join("out"));
    fs::create_dir_all(src.join("hosts")).unwrap();
    fs::create_dir(&out).unwrap();
    for entry in fs::read_dir(top).unwrap() {
        let entry = entry.unwrap();
        if entry.file_name() != "hosts" {
            symlink(entry.path(), src.join(entry.file_name())).unwrap();
        }
    }
    let facts = "nr_cpu: 2\nmemory: 23G\nlocal_run: 1\n";
    fs::write(src.join("hosts/node"), facts).unwrap();
    let mut command = Command::new(src.join("bin/lkp"));
    command
        .env("LKP_SRC", &src)
        .args(["split-job", "-t", "node", "-o"]);
    command.arg(&out);
    command.args(jobs.iter().map(|job| src.join("jobs").join(job)));
    let output = command.output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let mut names: HashMap<String, Vec<String>> = HashMap::new();
    for (job, file) in text.lines().filter_map(|line| line.split_once(" => ")) {
        let job = Path::new(job).strip_prefix(src.join("jobs")).unwrap();
        let name = Path::new(file).file_name().unwrap().to_str().unwrap();
        let name = name.trim_end_matches(".yaml").to_owned();
        let of = names.entry(job.to_str().unwrap().to_owned()).or_default();
        if !of.contains(&name) {
            of.push(name);
        }
    }
    names
}
