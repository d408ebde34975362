//! Several runs on one machine at once.

use common::yaml::{host_guests_job, inline};
use common::{JobTest, Lab, Outcome, need};

use super::job::{job, points};
use super::left::Before;
use super::results::{digest, sha256};
use super::tree::miniature;

fn keys() -> String {
    format!(
        "source: {}, jobs: [random], set: {{bytes: 65536}}, containers: {{count: 2, runtime: sandbox}}",
        miniature().display()
    )
}

/// The digests of what a node's containers made: what came is what each of them says.
fn digests(outcome: &Outcome, node: &str) -> Vec<String> {
    let all = points(outcome, node);
    assert_eq!(all.len(), 2, "{outcome}");
    all.iter()
        .map(|point| {
            let folder = outcome.run_dir().join(point["folder"].as_str().unwrap());
            let digest = digest(point);
            assert_eq!(sha256(&folder.join("random.bin")), digest, "{node}");
            digest
        })
        .collect()
}

fn all_differ(mut digests: Vec<String>) {
    let count = digests.len();
    digests.sort();
    digests.dedup();
    assert_eq!(digests.len(), count, "nobody got another's results");
}

#[test]
fn two_runs_on_one_machine() {
    let name = "lkp::together::two_runs_on_one_machine";
    let Some(farm) = need::machines(name, &["a"]) else {
        return;
    };
    let node = farm.node("a");
    let before = Before::of(node);
    // Two devices that are the same machine.
    let lab = Lab::empty(&farm);
    for device in ["one", "two"] {
        lab.add_at(device, node.ssh(), "key", Some(&node.host_key()));
    }
    let block = [format!("lkp: {{{}}}", keys())];
    let run = |device: &str| {
        let job = job("ssh", &block).replace(
            "device_type: ssh\n",
            &format!("device_type: ssh\ntags: [{device}]\n"),
        );
        let test = JobTest::new(device).job(&job).on_lab(&farm, &lab);
        test.expect_exit(0).start()
    };
    let (one, two) = (run("one"), run("two"));
    let (one, two) = (one.finish(), two.finish());
    all_differ([digests(&one, "node"), digests(&two, "node")].concat());
    before.assert_again(node);
}

#[test]
fn two_guests_of_one_machine() {
    let name = "lkp::together::two_guests_of_one_machine";
    let Some(farm) = need::machines(name, &["machine"]) else {
        return;
    };
    let before = Before::of(farm.node("machine"));
    let host = [
        "lava-send ipv4 ipaddr=$(lava-echo-ipv4 eth0)",
        "lava-send lava_start",
        "lava-sync end",
    ];
    let end = inline("end", &["lava-sync end"]);
    let text = host_guests_job(2, &inline("host", &host), &end);
    let last = text.rfind("- test:").unwrap();
    let (start, rest) = text.split_at(last);
    let block = format!("- test: {{role: [guest], lkp: {{{}}}}}\n", keys());
    let outcome = JobTest::new("two guests")
        .job(&format!("{start}{block}{rest}"))
        .on(&farm)
        .expect_exit(0)
        .run();
    let of = |guest| digests(&outcome, guest);
    all_differ([of("guest-1"), of("guest-2")].concat());
    before.assert_again(farm.node("machine"));
}
