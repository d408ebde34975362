//! Bytes come back as they were, also those that lkp-extent lost; and the author's own cases run over a pristine tree.

use std::fs;
use std::path::Path;
use std::process::Command;

use common::{JobTest, need};

use super::job::{job, points};
use super::tree::miniature;

const PROGRAM: &str = "#!/bin/sh\n# - count\n\
    yes 'a' | tr '\\n' '\\0' | head -c \"$count\" >\"$RESULT_ROOT/zeros.bin\"\n\
    echo \"size $(wc -c <\"$RESULT_ROOT/zeros.bin\")\"\n";
const PARSER: &str = "#!/usr/bin/awk -f\n$1 == \"size\" { print \"size: \" $2 }\n";
const JOB: &str = "suite: zeros\ntestcase: zeros\ncategory: functional\n\ncount: 70001\n\nzeros:\n";

#[test]
fn bytes_come_back_as_they_were() {
    if !need::root("lkp::results::bytes_come_back_as_they_were") {
        return;
    }
    let block = format!(
        "lkp: {{source: {}, cases: [mine], jobs: [random, zeros]}}",
        miniature().display()
    );
    let test = JobTest::new("bytes")
        .job(&job("sandbox", &[block]))
        .file("mine/jobs/zeros.yaml", JOB)
        .executable("mine/programs/zeros/run", PROGRAM)
        .executable("mine/programs/zeros/parse", PARSER);
    let outcome = test.expect_exit(0).run();
    let points = points(&outcome, "node");
    let folder = |at: usize| {
        outcome
            .run_dir()
            .join(points[at]["folder"].as_str().unwrap())
    };

    let random = folder(0).join("random.bin");
    assert_eq!(fs::metadata(&random).unwrap().len(), 16 << 20);
    assert_eq!(
        sha256(&random),
        digest(&points[0]),
        "what the node computed"
    );

    let zeros = fs::read(folder(1).join("zeros.bin")).unwrap();
    assert_eq!(zeros.len(), 70_001);
    let as_written = |(i, byte): (usize, &u8)| *byte == if i % 2 == 0 { b'a' } else { 0 };
    assert!(zeros.iter().enumerate().all(as_written));
    outcome.has("node", "0_lkp", "zeros-70001", "pass");
}

/// What this machine says of a file.
pub(super) fn sha256(file: &Path) -> String {
    let output = Command::new("sha256sum").arg(file).output().unwrap();
    String::from_utf8(output.stdout).unwrap()[..64].to_owned()
}

/// What the node said of its random bytes: eight numbers of 32 bits.
pub(super) fn digest(point: &serde_json::Value) -> String {
    let part = |i: usize| {
        let all = point["measurements"].as_array().unwrap();
        let name = format!("random.sha256.{i}");
        let found = all.iter().find(|m| m["name"] == name.as_str());
        let value: u32 = found.unwrap()["value"].as_str().unwrap().parse().unwrap();
        format!("{value:08x}")
    };
    (0..8).map(part).collect()
}
