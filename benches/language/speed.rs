//! How long checks take.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use job_schema::Finding;

use crate::corpus::Row;

/// Checks per second of all rows in this process, on one core: the median of `rounds`.
pub(crate) fn checks_per_second(
    rows: &[Row],
    rounds: usize,
    check: fn(&str) -> Vec<Finding>,
) -> f64 {
    let round = |_| {
        let start = Instant::now();
        let findings: usize = rows.iter().map(|row| check(&row.job).len()).sum();
        assert!(findings > 0, "the corpus has faults");
        start.elapsed()
    };
    rows.len() as f64 / median((0..rounds).map(round).collect()).as_secs_f64()
}

/// `dispatch check` of a job of so many lines as a whole process: the median of `rounds`.
pub(crate) fn whole_process(lines: usize, rounds: usize) -> Result<(usize, Duration), String> {
    let program = beside("dispatch")?;
    let folder = tempfile::tempdir().map_err(|e| e.to_string())?;
    let file = folder.path().join("job.yaml");
    let text = job_of(lines);
    std::fs::write(&file, &text).map_err(|e| e.to_string())?;
    let times: Result<Vec<Duration>, String> = (0..rounds).map(|_| once(&program, &file)).collect();
    Ok((text.lines().count(), median(times?)))
}

fn once(program: &Path, file: &Path) -> Result<Duration, String> {
    let start = Instant::now();
    let status = Command::new(program)
        .arg("check")
        .arg(file)
        .stdout(Stdio::null())
        .status()
        .map_err(|e| format!("{}: {e}", program.display()))?;
    let took = start.elapsed();
    if status.success() {
        Ok(took)
    } else {
        Err(format!(
            "the job should be right, but the check ended with {status}"
        ))
    }
}

/// A multinode job without faults that has about so many lines.
fn job_of(lines: usize) -> String {
    (0..40)
        .map(dispatch_bench::message_bugs::text)
        .min_by_key(|text| text.lines().count().abs_diff(lines))
        .unwrap_or_default()
}

/// A program of this build, in the same profile.
fn beside(name: &str) -> Result<PathBuf, String> {
    let own = std::env::current_exe().map_err(|e| e.to_string())?;
    let program = own.with_file_name(name);
    if program.is_file() {
        Ok(program)
    } else {
        Err(format!("there is no {}: build it first", program.display()))
    }
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times.get(times.len() / 2).copied().unwrap_or_default()
}
