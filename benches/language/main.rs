//! Prints the figures of the job language: agreement with LAVA's verdicts, speed.
//!
//! `cargo run --release -p dispatch-bench --bin language [-- --all]`; `--all` lists every difference.

mod corpus;
mod random;
mod typos;
mod verdicts;

use std::process::ExitCode;

fn main() -> ExitCode {
    let all = std::env::args().any(|word| word == "--all");
    let Some(rows) = corpus::verdicts() else {
        println!("NOT RUN: there is no corpus (set DISPATCH_CORPUS)");
        return ExitCode::SUCCESS;
    };
    let agreement = verdicts::compare(&rows);
    println!("errors as LAVA's: {}/{}", agreement.errors, agreement.jobs);
    println!(
        "only strict refuses, warned: {}/{}",
        agreement.strict.0, agreement.strict.1
    );
    println!(
        "path equals or extends LAVA's: {}/{}",
        agreement.paths.0, agreement.paths.1
    );
    println!(
        "errors of other groups about jobs LAVA accepts: {}",
        agreement.beyond.len()
    );
    let shown = if all { usize::MAX } else { 3 };
    for (reason, jobs) in &agreement.left {
        println!("{reason}: {}", jobs.len());
        for job in jobs.iter().take(shown) {
            println!("  {job}");
        }
    }
    for job in agreement.beyond.iter().take(shown) {
        println!("  beyond: {job}");
    }
    let mut jobs = rows;
    jobs.extend(
        (0..40).map(|number| corpus::Row::generated(dispatch_bench::message_bugs::text(number))),
    );
    for found in typos::seed(&jobs, 500, findings) {
        println!(
            "typos in {}: {} seeded, line {}, suggestion {}",
            found.kind, found.seeded, found.line, found.suggestion
        );
        for missed in found.missed.iter().take(shown.max(6)) {
            println!("  {missed}");
        }
    }
    ExitCode::SUCCESS
}

/// All that a check finds, without files beside the job.
fn findings(text: &str) -> Vec<job_schema::Finding> {
    dispatcher::check::check_file("job.yaml", text, &dispatcher::check::Options::default()).findings
}
