//! The rows: what is run, and which figures come of it.

use common::job::source_dir;
use common::yaml::{Machines, group_job, inline, ssh_job};
use common::{Farm, JobTest, Outcome, need};

use crate::figure::{Figure, figure};
use crate::usage::Peak;
use crate::{lava, lkp, plan};

/// Runs once; holds the machines that it runs on.
pub(crate) type Bench = Box<dyn Fn() -> Vec<Figure>>;

/// A row.
pub(crate) struct Case {
    /// Its name at the command line.
    pub(crate) name: &'static str,
    /// The peer's figure, where the peer was measured earlier.
    pub(crate) peer: &'static str,
    /// Makes the machines; or says why it cannot.
    pub(crate) prepare: fn() -> Result<Bench, String>,
}

/// All rows, in the order of the table.
pub(crate) fn all() -> Vec<Case> {
    let case = |name, peer, prepare| Case {
        name,
        peer,
        prepare,
    };
    vec![
        case("smallest", lava::SMALLEST, smallest),
        case("sync", lava::SYNC, sync),
        case("send-wait", lava::SEND_WAIT, send_wait),
        case("sixteen", lava::SIXTEEN, sixteen),
        case("loud", lava::LOUD, loud),
        case("test-cases", lava::TEST_CASES, test_cases),
        case("example", lava::NONE, example),
        case("plan", lava::NONE, plan::prepare),
        case("lkp-example", lava::NONE, lkp::example::miniature),
        case("lkp-example-real", lava::NONE, lkp::example::real),
        case("lkp-containers", lava::NONE, lkp::containers::prepare),
        case("lkp-bytes", lava::NONE, lkp::bytes::prepare),
    ]
}

pub(crate) fn machines(names: &[&str]) -> Result<Farm, String> {
    need::machines("bench", names).ok_or_else(|| "see the message above".to_owned())
}

/// Runs a job on a farm; the outcome and the peak memory in megabytes.
fn measured(job: &str, farm: &Farm) -> (Outcome, f64) {
    let peak = Peak::in_folder(farm.dir());
    let test = JobTest::new("bench").job(job).on(farm).expect_exit(0);
    let outcome = test.under(&peak.words()).run();
    (outcome, peak.megabytes())
}

/// The suite of the steps that [`inline`] makes for most rows.
const SUITE: &str = "0_bench";

/// A number that the test shell took and reported.
pub(crate) fn measurement(outcome: &Outcome, node: &str, suite: &str, case: &str) -> f64 {
    let value = &outcome.row(node, suite, case)["measurement"];
    let text = value.to_string();
    text.trim_matches('"')
        .parse()
        .unwrap_or_else(|_| panic!("'{text}' is no number"))
}

fn smallest() -> Result<Bench, String> {
    let farm = machines(&["a"])?;
    let job = ssh_job(&inline("bench", &["lava-test-case one --result pass"]));
    Ok(Box::new(move || {
        let (outcome, peak) = measured(&job, &farm);
        vec![
            figure("submit to exit", "s", outcome.elapsed.as_secs_f64()).at_most(0.25),
            figure("peak memory", "MB", peak),
        ]
    }))
}

/// Steps that do something twenty times and report the milliseconds of one time. The clock is read in the test shell.
fn twenty_times(what: &str, report: bool) -> Vec<String> {
    let mut steps = vec![
        "set +x".to_owned(),
        // Both sides begin together, and with everything loaded.
        "lava-sync begin".to_owned(),
        "start=$(date +%s%N)".to_owned(),
        format!("for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do {what}; done"),
        "end=$(date +%s%N)".to_owned(),
    ];
    if report {
        steps.push(
            "lava-test-case each --result pass --units ms --measurement \
             $(awk \"BEGIN { printf \\\"%.4f\\\", ($end - $start) / 20 / 1000000 }\")"
                .to_owned(),
        );
    }
    steps.push("lava-sync end".to_owned());
    steps
}

/// Two roles on two machines that do these things twenty times; the left one reports.
fn duet(left: &str, right: &str) -> String {
    let role = |role, steps: &[String]| Machines {
        role,
        count: 1,
        keys: "",
        definitions: inline(
            "bench",
            &steps.iter().map(String::as_str).collect::<Vec<_>>(),
        ),
    };
    group_job(&[
        role("left", &twenty_times(left, true)),
        role("right", &twenty_times(right, false)),
    ])
}

fn sync() -> Result<Bench, String> {
    let farm = machines(&["a", "b"])?;
    let job = duet("lava-sync round", "lava-sync round");
    Ok(Box::new(move || {
        let (outcome, _) = measured(&job, &farm);
        vec![
            figure(
                "one lava-sync, 2 nodes",
                "ms",
                measurement(&outcome, "left", SUITE, "each"),
            )
            .at_most(10.0),
        ]
    }))
}

fn send_wait() -> Result<Bench, String> {
    let farm = machines(&["a", "b"])?;
    let job = duet(
        "lava-send ping$i; lava-wait pong$i",
        "lava-wait ping$i; lava-send pong$i",
    );
    Ok(Box::new(move || {
        let (outcome, _) = measured(&job, &farm);
        let there_and_back = measurement(&outcome, "left", SUITE, "each");
        vec![
            figure(
                "lava-send to lava-wait returning",
                "ms",
                there_and_back / 2.0,
            )
            .at_most(10.0),
        ]
    }))
}

fn sixteen() -> Result<Bench, String> {
    let names: Vec<String> = (1..=16).map(|i| format!("m{i}")).collect();
    let farm = machines(&names.iter().map(String::as_str).collect::<Vec<_>>())?;
    let job = group_job(&[Machines {
        role: "node",
        count: 16,
        keys: "",
        definitions: inline("bench", &["lava-sync all"]),
    }]);
    Ok(Box::new(move || {
        let (outcome, peak) = measured(&job, &farm);
        vec![
            figure(
                "16 nodes, one sync each, whole run",
                "s",
                outcome.elapsed.as_secs_f64(),
            )
            .at_most(2.0),
            figure("peak memory", "MB", peak).at_most(60.0),
        ]
    }))
}

fn loud() -> Result<Bench, String> {
    let farm = machines(&["a"])?;
    let job = ssh_job(&inline(
        "bench",
        &[
            "set +x",
            // A million lines of a hundred bytes, made before the clock starts.
            "yes \"$(printf '%099d' 0)\" | head -n 1000000 >/tmp/lines",
            "start=$(date +%s%N)",
            "cat /tmp/lines",
            "end=$(date +%s%N)",
            "lava-test-case printed --result pass --units s --measurement \
             $(awk \"BEGIN { printf \\\"%.4f\\\", ($end - $start) / 1000000000 }\")",
        ],
    ));
    Ok(Box::new(move || {
        let (outcome, peak) = measured(&job, &farm);
        let printing = measurement(&outcome, "node", SUITE, "printed");
        vec![
            figure(
                "100 MB printed by a test, whole run",
                "s",
                outcome.elapsed.as_secs_f64(),
            )
            .at_most(3.0),
            figure("peak memory", "MB", peak).at_most(60.0),
            figure("printing alone", "s", printing),
            figure("printing alone", "MB/s", 100.0 / printing),
        ]
    }))
}

fn test_cases() -> Result<Bench, String> {
    let farm = machines(&["a"])?;
    // What lava-test-case does at the least: a process, a folder, a file, a line.
    let bare = "printf '%s\\n' '#!/bin/sh' 'mkdir -p \"$LAVA_RESULT_DIR/bare/$1\"' \
                'echo pass >\"$LAVA_RESULT_DIR/bare/$1/result\"' 'echo \"bare TEST_CASE_ID=$1 RESULT=pass\"' \
                >/tmp/bare; chmod 755 /tmp/bare";
    let rate = |name: &str| {
        format!(
            "lava-test-case {name} --result pass --units /s --measurement \
             $(awk \"BEGIN {{ printf \\\"%.2f\\\", 1000 / (($end - $start) / 1000000000) }}\")"
        )
    };
    let job = ssh_job(&inline(
        "bench",
        &[
            "set +x",
            bare,
            "start=$(date +%s%N)",
            "i=0; while [ $i -lt 1000 ]; do lava-test-case c$i --result pass; i=$((i+1)); done",
            "end=$(date +%s%N)",
            &rate("helper"),
            "start=$(date +%s%N)",
            "i=0; while [ $i -lt 1000 ]; do /tmp/bare c$i; i=$((i+1)); done",
            "end=$(date +%s%N)",
            &rate("bare"),
        ],
    ));
    Ok(Box::new(move || {
        let (outcome, _) = measured(&job, &farm);
        let (helper, bare) = (
            measurement(&outcome, "node", SUITE, "helper"),
            measurement(&outcome, "node", SUITE, "bare"),
        );
        vec![
            figure("lava-test-case calls", "/s", helper),
            figure("the least shell script of the same effect", "/s", bare),
            figure(
                "time of a call, as a multiple of that script's",
                "times",
                bare / helper,
            ),
        ]
    }))
}

fn example() -> Result<Bench, String> {
    let file = source_dir().join("examples/jobs/host-guests.yaml");
    let job = std::fs::read_to_string(&file).map_err(|e| format!("{}: {e}", file.display()))?;
    Ok(Box::new(move || {
        // A new state folder each time: the first run of an installation.
        let outcome = JobTest::new("bench").job(&job).expect_exit(0).run();
        vec![
            figure(
                "the README's example, first run",
                "s",
                outcome.elapsed.as_secs_f64(),
            )
            .at_most(10.0),
        ]
    }))
}
