//! `examples/jobs/lkp-host-guests.yaml` as a whole process, in the embedded lab.

use std::time::Duration;

use common::JobTest;
use common::job::source_dir;

use crate::cases::Bench;
use crate::figure::figure;

/// How the example names the tree; the rows differ in nothing else.
const SOURCE: &str = "source: ../lkp-mini";

/// With the miniature tree, as the file is.
pub(crate) fn miniature() -> Result<Bench, String> {
    let tree = source_dir().join("examples/lkp-mini");
    row(
        &tree.display().to_string(),
        "the LKP example, miniature tree",
        20.0,
    )
}

/// With the real lkp-tests at `LKP_TESTS`.
pub(crate) fn real() -> Result<Bench, String> {
    let tree = std::env::var("LKP_TESTS")
        .map_err(|_| "set LKP_TESTS to a folder with lkp-tests".to_owned())?;
    row(&tree, "the LKP example, real lkp-tests", 120.0)
}

fn row(tree: &str, what: &'static str, at_most: f64) -> Result<Bench, String> {
    let file = source_dir().join("examples/jobs/lkp-host-guests.yaml");
    let text = std::fs::read_to_string(&file).map_err(|e| format!("{}: {e}", file.display()))?;
    if !text.contains(SOURCE) {
        return Err(format!("{} has no '{SOURCE}'", file.display()));
    }
    let job = text.replace(SOURCE, &format!("source: {}", common::yaml::text(tree)));
    Ok(Box::new(move || {
        // A new state folder each time: the tree is packed anew.
        let run = JobTest::new("bench")
            .job(&job)
            .within(Duration::from_secs(600));
        let outcome = run.expect_exit(0).run();
        vec![figure(what, "s", outcome.elapsed.as_secs_f64()).at_most(at_most)]
    }))
}
