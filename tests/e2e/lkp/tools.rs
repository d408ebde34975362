//! Machines that lack what LKP needs: words that say which packages would do.

use common::{JobTest, need};

use super::job::roles;
use super::tree::Tree;

#[test]
fn what_is_missing_is_named() {
    let name = "lkp::tools::what_is_missing_is_named";
    let Some(farm) = need::machines(name, &["noruby", "offline", "image"]) else {
        return;
    };
    let hide = "for f in /usr/bin/ruby* /usr/local/bin/ruby*; do rm -f \"$f\"; done";
    assert!(farm.node("noruby").exec(hide).status.success());
    let ruby = Tree::copy().program("bin/lkp", "#!/usr/bin/env ruby\nputs 'never run'\n");
    let refuses = Tree::copy().program(
        "lkp-exec/install",
        "#!/bin/sh\necho 'Could not resolve rubygems' >&2\nexit 1\n",
    );
    let plain = Tree::copy();
    let keys = |tree: &Tree, more: &str| {
        format!("source: {}, jobs: [mytest]{more}", tree.path().display())
    };
    let engine = ", containers: {runtime: docker, image: 'localhost/no-such:1'}";
    let job = roles(
        "ssh",
        &[
            ("noruby", keys(&ruby, "")),
            ("offline", keys(&refuses, ", install: true")),
            ("image", keys(&plain, engine)),
        ],
    );
    let outcome = JobTest::new("tools").job(&job).on(&farm).run();
    assert!([Some(3), Some(4)].contains(&outcome.code), "{outcome}");
    for (node, class, words) in [
        (
            "noruby",
            "job",
            &["ruby", "packages: [ruby", "ruby-activesupport"][..],
        ),
        (
            "offline",
            "infrastructure",
            &[
                "lkp install of mytest.yaml failed",
                "packages: [ruby",
                "network",
            ],
        ),
        (
            "image",
            "infrastructure",
            &["no container can be made here", "docker"],
        ),
    ] {
        let failure = outcome.failure_of(node).expect("it is incomplete");
        assert_eq!(failure["class"], class, "{node}: {failure}");
        let message = failure["message"].as_str().unwrap();
        for word in words {
            assert!(
                message.contains(word),
                "{node}: '{word}' is not in: {message}"
            );
        }
    }
    outcome.says("ruby-activesupport");
}
