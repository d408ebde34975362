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
    for found in typos::seed(&rows, 500, |text| {
        job_schema::parse_job("job.yaml", text).findings
    }) {
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
