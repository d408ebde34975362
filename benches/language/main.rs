//! Prints the figures of the job language: agreement with LAVA's verdicts, seeded faults, speed.
//!
//! `cargo build --release && cargo run --release -p dispatch-bench --bin language [-- --all]`; `--all` lists every
//! difference. The corpus is LAVA's recorded answers (`DISPATCH_CORPUS`).

mod corpus;
mod pyyaml;
mod random;
mod speed;
mod typos;
mod verdicts;

use std::process::ExitCode;

use dispatch_bench::message_bugs;
use job_schema::Finding;

/// Jobs that are made for the seeded faults of messages.
const JOBS: usize = 40;

fn main() -> ExitCode {
    let shown = if std::env::args().any(|word| word == "--all") {
        usize::MAX
    } else {
        3
    };
    match corpus::verdicts() {
        Some(rows) => with_corpus(rows, shown),
        None => {
            println!("NOT RUN: verdicts, typos, checks a second: no corpus (set DISPATCH_CORPUS)");
        }
    }
    println!("\n== message bugs in {JOBS} multinode jobs (>= 98 % found, 0 false errors)");
    print!("{}", message_bugs::figures(JOBS, 5));
    println!("\n== `dispatch check` as a whole process (<= 10 ms; LAVA's validate: 256 ms)");
    match speed::whole_process(200, 51) {
        Ok((lines, took)) => println!(
            "{lines} lines: median {:.1} ms of 51",
            took.as_secs_f64() * 1e3
        ),
        Err(why) => println!("NOT RUN: {why}"),
    }
    ExitCode::SUCCESS
}

fn with_corpus(rows: Vec<corpus::Row>, shown: usize) {
    let agreement = verdicts::compare(&rows);
    println!("== LAVA's verdicts on {} jobs", agreement.jobs);
    println!(
        "errors where LAVA refuses: {}",
        share(agreement.errors, agreement.jobs)
    );
    println!(
        "warnings where only strict refuses: {}",
        share(agreement.strict.0, agreement.strict.1)
    );
    println!(
        "paths equal or extend LAVA's (>= 98 %): {}",
        share(agreement.paths.0, agreement.paths.1)
    );
    println!(
        "the same without `strict`, `days` of a timeout being the timeout: {}",
        share(agreement.lenient_paths, agreement.paths.1)
    );
    println!(
        "errors of other groups about jobs that LAVA accepts: {}",
        agreement.beyond.len()
    );
    for (reason, jobs) in &agreement.left {
        println!("{reason}: {}", jobs.len());
        for job in jobs.iter().take(shown) {
            println!("  {job}");
        }
    }
    for job in agreement.beyond.iter().take(shown) {
        println!("  beyond: {job}");
    }

    println!("\n== values as PyYAML reads them");
    match pyyaml::compare(&rows) {
        Ok(yaml) => {
            println!("{}", share(yaml.same, yaml.texts));
            for name in yaml.differences.iter().take(shown) {
                println!("  {name}");
            }
        }
        Err(why) => println!("NOT RUN: {why}"),
    }

    println!("\n== checks a second, one core, one process (>= 20 000; LAVA's fine schema: 157)");
    println!("{:.0}", speed::checks_per_second(&rows, 7, findings));

    println!("\n== 500 slips of the pen (line >= 99 %, right suggestion first >= 90 %)");
    let mut jobs = rows;
    jobs.extend((0..JOBS).map(|number| corpus::Row::generated(message_bugs::text(number))));
    for found in typos::seed(&jobs, 500, findings) {
        println!(
            "{}: line {}, suggestion {}",
            found.kind,
            share(found.line, found.seeded),
            share(found.suggestion, found.seeded)
        );
        for missed in found.missed.iter().take(shown) {
            println!("  {missed}");
        }
    }
}

fn share(part: usize, whole: usize) -> String {
    let percent = part as f64 * 100.0 / whole.max(1) as f64;
    format!("{part}/{whole} ({percent:.1} %)")
}

/// All that a check finds, without files beside the job.
fn findings(text: &str) -> Vec<Finding> {
    dispatcher::check::check_file("job.yaml", text, &dispatcher::check::Options::default()).findings
}

#[cfg(test)]
mod tests {
    use super::{corpus, verdicts};

    #[test]
    fn we_agree_with_lavas_verdicts() {
        let name = "language::we_agree_with_lavas_verdicts";
        if common::corpus::folder().is_none() {
            common::need::not_run(name, "no corpus; DISPATCH_CORPUS can name one");
            return;
        }
        let rows = corpus::verdicts().expect("the corpus has verdicts, one JSON object a line");
        let found = verdicts::compare(&rows);
        assert!(found.jobs > 0 && found.strict.1 > 0 && found.paths.1 > 0);
        let left = &found.left;
        assert_eq!(found.errors, found.jobs, "{left:#?}");
        assert_eq!(found.strict.0, found.strict.1, "{left:#?}");
        assert!(found.paths.0 * 100 >= found.paths.1 * 98, "{left:#?}");
    }
}
