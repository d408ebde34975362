//! Containers on one node of the embedded lab: how far apart they begin, and what they cost beside LKP called by hand.
//!
//! By hand is a script on the same node in the same run: as many `unshare … lkp run JOB` at once, each with its own /lkp
//! and /tmp, and a `wait`. It is done before and after ours, and the mean counts. Ours is the whole step: containers, run,
//! and results packed, brought home, checked, unpacked and judged.

use common::job::source_dir;
use common::yaml::{inline, text};
use common::{JobTest, Outcome, need};

use crate::cases::{Bench, measurement};
use crate::figure::{Figure, figure};

/// Work of a container, in rounds of a loop: some hundredths of a second.
const LOOPS: u32 = 200_000;

pub(crate) fn prepare() -> Result<Bench, String> {
    if !need::root("bench") {
        return Err("see the message above".to_owned());
    }
    Ok(Box::new(|| [1, 4, 16].into_iter().flat_map(row).collect()))
}

fn row(count: u32) -> Vec<Figure> {
    let outcome = JobTest::new("bench").job(&job(count)).expect_exit(0).run();
    let hand = f64::midpoint(by_hand(&outcome, "0_before"), by_hand(&outcome, "2_after"));
    let ours = step(&outcome, "lkp-case");
    let of = |what: &str| format!("{what}, {count} at once");
    let mut figures = vec![
        figure(of("container runs and their results"), "s", ours).beside("by hand", hand),
        figure(
            of("more than by hand, per container"),
            "s",
            (ours - hand) / f64::from(count),
        )
        .at_most(0.3),
    ];
    if count > 1 {
        figures.insert(
            0,
            figure(of("start skew"), "ms", skew(&outcome)).at_most(50.0),
        );
    }
    figures
}

fn by_hand(outcome: &Outcome, suite: &str) -> f64 {
    measurement(outcome, "node", suite, "hand")
}

/// How long a step took, in seconds.
fn step(outcome: &Outcome, name: &str) -> f64 {
    let end = outcome.entry("end of the step", |e| {
        e["event"] == "step-ended" && e["name"] == name
    });
    end["duration"].as_f64().expect("a step has a duration")
}

/// Between the first start and the last, in milliseconds, as the run's note says it.
fn skew(outcome: &Outcome) -> f64 {
    let note = outcome.entry("the note of the start", |e| words(e).is_some());
    words(&note).expect("it was found by its words")
}

fn words(entry: &serde_json::Value) -> Option<f64> {
    let message = entry["message"].as_str()?;
    let (_, after) = message.split_once(" containers began within ")?;
    after.strip_suffix(" ms")?.parse().ok()
}

fn job(count: u32) -> String {
    let tree = source_dir().join("examples/lkp-mini");
    let steps = hand(count);
    let steps: Vec<&str> = steps.iter().map(String::as_str).collect();
    let [before, after] = ["before", "after"].map(|name| indent(&inline(name, &steps)));
    let tree = text(&tree.display().to_string());
    format!(
        "job_name: containers\n\
         visibility: public\n\
         timeouts: {{job: {{minutes: 3}}, action: {{minutes: 2}}, connection: {{seconds: 30}}}}\n\
         device_type: sandbox\n\
         actions:\n\
         - deploy: {{to: ssh}}\n\
         - boot: {{method: ssh, prompts: ['root@[a-z0-9-]+:']}}\n\
         - test:\n    definitions:\n{before}\
         - test:\n\
         \x20   lkp: {{source: {tree}, jobs: [burn], set: {{loops: {LOOPS}}}, containers: {{count: {count}, runtime: sandbox}}}}\n\
         - test:\n    definitions:\n{after}"
    )
}

fn indent(text: &str) -> String {
    text.lines().map(|line| format!("    {line}\n")).collect()
}

/// A container, by hand: a /lkp and a /tmp of its own, and LKP's job in it.
const CONTAINER: &str = "mount --bind c$1 /lkp && mount -t tmpfs tmpfs /tmp && mount -t proc proc /proc && cd /tmp && \
                         $LKP_SRC/bin/lkp run /root/hand/jobs/burn*.yaml </dev/null >/lkp/log 2>&1";

/// LKP in so many containers, by hand.
fn hand(count: u32) -> Vec<String> {
    vec![
        "set +x".to_owned(),
        "rm -rf /root/hand && mkdir -p /lkp /root/hand/src /root/hand/jobs && cd /root/hand"
            .to_owned(),
        "tar -xzf /lava-*/lkp/*/tests.tar.gz -C src".to_owned(),
        "export LKP_SRC=/root/hand/src; printf 'nr_cpu: 2\\nmemory: 1G\\n' >src/hosts/$(uname -n)"
            .to_owned(),
        format!(
            "src/bin/lkp split-job -o jobs -s 'compiler: none' -s 'loops: {LOOPS}' src/jobs/burn.yaml"
        ),
        format!("printf '%s\\n' '{CONTAINER}' >container"),
        format!("mkdir $(seq -f c%g {count})"),
        "start=$(date +%s%N)".to_owned(),
        format!(
            "for k in $(seq {count}); do unshare --mount --uts --ipc --pid --fork --kill-child sh container $k & done; wait"
        ),
        "end=$(date +%s%N)".to_owned(),
        format!(
            "lava-test-case results --shell test $(ls c*/result/burn/*/*/*/*/*/*/*/stats.json | wc -l) -eq {count}"
        ),
        // LKP's own words, if it left none.
        "tail -n 3 c1/log".to_owned(),
        "lava-test-case hand --result pass --units s --measurement \
         $(awk \"BEGIN { printf \\\"%.4f\\\", ($end - $start) / 1000000000 }\")"
            .to_owned(),
    ]
}
