//! Planning: the corpus' largest job and its pipeline with the most steps, each with a device of LAVA's, as a whole process
//! beside one that only starts.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use common::corpus::corpus;
use common::job::dispatch_program;

use crate::cases::Bench;
use crate::figure::{Figure, figure};

/// So often each process runs in one run of the row; the median counts.
const ROUNDS: usize = 21;

/// A recorded job with its device.
struct Recorded {
    what: &'static str,
    folder: PathBuf,
}

pub(crate) fn prepare() -> Result<Bench, String> {
    let corpus = corpus("bench").ok_or_else(|| "see the message above".to_owned())?;
    let folders: Vec<PathBuf> = std::fs::read_dir(corpus.join("pipelines"))
        .map_err(|e| e.to_string())?
        .flatten()
        .map(|entry| entry.path())
        .collect();
    let largest = |what, size: fn(&Path) -> usize| {
        let folder = folders.iter().max_by_key(|folder| size(folder));
        folder.cloned().map(|folder| Recorded { what, folder })
    };
    let cases: Vec<Recorded> = [
        largest("largest job", |folder| read(folder, "job.yaml").len()),
        largest("most steps", |folder| {
            read(folder, "pipeline.yaml").matches("name:").count()
        }),
    ]
    .into_iter()
    .flatten()
    .collect();
    Ok(Box::new(move || {
        cases.iter().map(beyond_start_up).collect()
    }))
}

fn read(folder: &Path, file: &str) -> String {
    std::fs::read_to_string(folder.join(file)).unwrap_or_default()
}

fn beyond_start_up(case: &Recorded) -> Figure {
    let mut start_up = Command::new(dispatch_program());
    start_up.arg("--version");
    let mut plan = Command::new(dispatch_program());
    plan.arg("plan").arg(case.folder.join("job.yaml"));
    plan.arg("--device").arg(case.folder.join("device.yaml"));
    plan.args(["--format", "json"]);
    // Turn by turn, so that whatever else the machine does meets both.
    let (started, planned) = (0..ROUNDS)
        .map(|_| (once(&mut start_up), once(&mut plan)))
        .unzip::<_, _, Vec<_>, Vec<_>>();
    let beyond = median(planned).saturating_sub(median(started));
    figure(
        format!("plan beyond start-up, {}", case.what),
        "ms",
        beyond.as_secs_f64() * 1e3,
    )
    .at_most(5.0)
}

fn once(command: &mut Command) -> Duration {
    let start = Instant::now();
    let status = command.stdout(Stdio::null()).stderr(Stdio::null()).status();
    let took = start.elapsed();
    assert!(
        status.as_ref().is_ok_and(|status| status.success()),
        "{command:?} ended with {status:?}"
    );
    took
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times.get(times.len() / 2).copied().unwrap_or_default()
}
