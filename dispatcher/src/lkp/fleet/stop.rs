//! Cancelling a run from outside: the signal that Ctrl-C in its own terminal would send, to its dispatcher and nobody else.
//!
//! A journal names a process id, and ids are used again. So three things must hold: the journal's lock is held, the
//! process has the journal open, and the signal goes through a handle that was opened before both were looked at.

use std::fs;
use std::path::Path;

use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};

use super::history::Head;
use crate::failure::{Class, Failure};
use crate::journal::watch::Watch;
use crate::store::RunState;

/// What was done about a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stopped {
    /// Its dispatcher has been told; it cleans up now.
    Told,
    /// It had come to its end already.
    Over,
}

/// Tells a run's dispatcher to cancel it.
///
/// # Errors
/// Infrastructure: the run goes on, and its dispatcher is not a process that can be told from here.
pub fn stop(head: &Head) -> Result<Stopped, Failure> {
    let id = head.run.id();
    let cannot = |why: String| {
        Failure::new(
            Class::Infrastructure,
            format!("cannot stop run {id}: {why}"),
        )
    };
    let pid = i32::try_from(head.pid).ok().and_then(Pid::from_raw);
    let handle = pid.map(|pid| pidfd_open(pid, PidfdFlags::empty()));
    let state = head.run.state().map_err(|e| cannot(e.to_string()))?;
    if state != RunState::Running {
        return Ok(Stopped::Over);
    }
    let elsewhere = || {
        cannot(format!(
            "process {} of its journal is not its dispatcher here; stop it on the machine and by the user that started it",
            head.pid
        ))
    };
    let handle = handle.ok_or_else(elsewhere)?.map_err(|_| elsewhere())?;
    if !has_open(head.pid, &head.run.journal()) {
        // It may have ended in this moment.
        return match head.run.state() {
            Ok(RunState::Running) | Err(_) => Err(elsewhere()),
            Ok(_) => Ok(Stopped::Over),
        };
    }
    pidfd_send_signal(&handle, Signal::INT).map_err(|e| cannot(e.to_string()))?;
    Ok(Stopped::Told)
}

/// Blocks until the dispatcher of a run is gone.
///
/// # Errors
/// Infrastructure: the system cannot tell when.
pub fn wait(head: &Head) -> Result<(), Failure> {
    let waited = || {
        let watch = Watch::journal(&head.run.journal())?;
        while !watch.is_over() {
            watch.wait()?;
        }
        Ok(())
    };
    waited().map_err(|e: std::io::Error| {
        let id = head.run.id();
        Failure::new(
            Class::Infrastructure,
            format!("run {id} was told to stop; cannot wait for its end: {e}"),
        )
    })
}

/// Whether a process has a file open.
fn has_open(pid: u32, file: &Path) -> bool {
    let Ok(file) = file.canonicalize() else {
        return false;
    };
    let open = fs::read_dir(format!("/proc/{pid}/fd"))
        .into_iter()
        .flatten()
        .flatten();
    open.filter_map(|fd| fs::read_link(fd.path()).ok())
        .any(|path| path == file)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journal::event::Event;
    use crate::journal::mask::Masker;
    use crate::store::Store;

    fn started(run: &str, pid: u32) -> Event {
        Event::RunStarted {
            run: run.to_owned(),
            job_name: String::new(),
            job_file: String::new(),
            version: String::new(),
            pid,
            metadata: serde_json::Value::Null,
        }
    }

    #[test]
    fn only_the_dispatcher_of_the_run_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::at(folder.path()).unwrap();
        // Somebody else has its number now, and must live on.
        let mut stranger = std::process::Command::new("sleep")
            .arg("60")
            .spawn()
            .unwrap();
        let (dir, journal) = store.create_run(Masker::default()).unwrap();
        journal.append(started(dir.id(), stranger.id())).unwrap();
        let head = Head::of(&dir).unwrap();
        let said = stop(&head).unwrap_err().message;
        assert!(said.contains("is not its dispatcher here"), "{said}");
        assert_eq!(stranger.try_wait().unwrap(), None);
        drop(journal);
        assert_eq!(stop(&head), Ok(Stopped::Over));
        wait(&head).unwrap();
        stranger.kill().unwrap();
        stranger.wait().unwrap();
    }

    #[test]
    fn a_journal_without_a_process_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::at(folder.path()).unwrap();
        let (dir, journal) = store.create_run(Masker::default()).unwrap();
        journal.append(started(dir.id(), u32::MAX)).unwrap();
        assert!(stop(&Head::of(&dir).unwrap()).is_err());
    }
}
