//! A program on the dispatcher's machine, in a process group of its own.
//!
//! In: words, variables for its environment, and who takes what it prints. Out: how it ended. A program whose run is
//! given up (the future is dropped) is asked to end with its whole group, then killed, then reaped;
//! [`Programs::ended`] waits for that.

use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::process::{ExitStatus, Stdio};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rustix::pipe::{PipeFlags, pipe_with};
use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process_group, waitid};
use tokio::io::AsyncReadExt;
use tokio::net::unix::pipe::Receiver;
use tokio::process::{Child, Command};
use tokio::sync::{OwnedRwLockReadGuard, RwLock};

/// The file that runs for the first word of a command; `None` where there is none.
pub(crate) fn find(word: &str) -> Option<PathBuf> {
    let runs = |path: &PathBuf| {
        let found = path.metadata();
        found.is_ok_and(|it| it.is_file() && it.permissions().mode() & 0o111 != 0)
    };
    if word.contains('/') {
        return Some(PathBuf::from(word)).filter(runs);
    }
    let folders = std::env::var_os("PATH").unwrap_or_default();
    let mut files = std::env::split_paths(&folders).map(|folder| folder.join(word));
    files.find(runs)
}

/// So long a group may take to end when it is asked to.
const GRACE: Duration = Duration::from_secs(2);

/// The programs of a node: those that run, and those that were told to end.
#[derive(Debug, Clone, Default)]
pub struct Programs(Arc<RwLock<()>>);

impl Programs {
    /// Waits until no program runs and none is left to end.
    pub async fn ended(&self) {
        drop(self.0.write().await);
    }

    /// Runs a program to its end and gives what it prints (on either stream) to `said` as it comes.
    ///
    /// # Errors
    /// The program cannot be started.
    pub(crate) async fn run(
        &self,
        words: &[String],
        environment: &[(&str, &str)],
        mut said: impl FnMut(&[u8]),
    ) -> io::Result<ExitStatus> {
        // What an earlier try has left must not meet this one.
        self.ended().await;
        let counted = Arc::clone(&self.0).read_owned().await;
        let (mut group, mut output) = Group::start(words, environment, counted)?;
        let mut piece = vec![0; 16 << 10];
        loop {
            match output.read(&mut piece).await? {
                0 => break,
                n => said(&piece[..n]),
            }
        }
        let status = group.child_mut()?.wait().await?;
        group.0 = None;
        Ok(status)
    }
}

/// The groups that run, for [`kill_all`].
static GROUPS: Mutex<Vec<Pid>> = Mutex::new(Vec::new());

fn groups() -> MutexGuard<'static, Vec<Pid>> {
    // A list of numbers is never half changed.
    GROUPS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Kills every program of this process with its group, for an end without cleaning up.
pub(crate) fn kill_all() {
    for group in groups().iter() {
        // A group that is gone needs no signal.
        let _ = kill_process_group(*group, Signal::KILL);
    }
}

/// A group's place in the list.
struct Listed(Pid);

impl Listed {
    fn of(group: Pid) -> Self {
        groups().push(group);
        Self(group)
    }
}

impl Drop for Listed {
    fn drop(&mut self) {
        groups().retain(|group| *group != self.0);
    }
}

/// A program that runs; dropped, it is ended.
struct Group(Option<Running>);

struct Running {
    child: Child,
    id: Pid,
    /// Readable at the end of all that hold the other end of the pipe.
    rest: OwnedFd,
    _listed: Listed,
    _counted: OwnedRwLockReadGuard<()>,
}

impl Group {
    fn start(
        words: &[String],
        environment: &[(&str, &str)],
        counted: OwnedRwLockReadGuard<()>,
    ) -> io::Result<(Self, Receiver)> {
        let (program, arguments) = words
            .split_first()
            .ok_or_else(|| io::Error::other("the command is empty"))?;
        // One pipe for both streams keeps what is printed in order.
        let (reader, writer) = pipe_with(PipeFlags::CLOEXEC)?;
        let rest = reader.try_clone()?;
        let child = Command::new(program)
            .args(arguments)
            .envs(environment.iter().copied())
            .stdin(Stdio::null())
            .stdout(writer.try_clone()?)
            .stderr(writer)
            .process_group(0)
            .spawn()?;
        let id = child
            .id()
            .and_then(|id| Pid::from_raw(id.cast_signed()))
            .ok_or_else(|| io::Error::other("a new process has no id"))?;
        let group = Self(Some(Running {
            child,
            id,
            rest,
            _listed: Listed::of(id),
            _counted: counted,
        }));
        Ok((group, Receiver::from_owned_fd(reader)?))
    }

    fn child_mut(&mut self) -> io::Result<&mut Child> {
        let running = self.0.as_mut().map(|running| &mut running.child);
        running.ok_or_else(|| io::Error::other("the program was ended already"))
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        let Some(running) = self.0.take() else {
            return;
        };
        // A group that is gone needs no signal.
        let _ = kill_process_group(running.id, Signal::TERM);
        match tokio::runtime::Handle::try_current() {
            Ok(runtime) => drop(runtime.spawn(running.end())),
            Err(_) => drop(kill_process_group(running.id, Signal::KILL)),
        }
    }
}

impl Running {
    /// The group has been asked to end.
    async fn end(mut self) {
        let gone = async {
            // Not reaped before the group is killed: its id must not come to belong to somebody else.
            let id = WaitId::Pid(self.id);
            let options = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT;
            let leader = tokio::task::spawn_blocking(move || waitid(id, options));
            let _ = leader.await;
            if let Ok(mut rest) = self.rest.try_clone().and_then(Receiver::from_owned_fd) {
                let mut piece = [0; 4096];
                while rest.read(&mut piece).await.is_ok_and(|n| n > 0) {}
            }
        };
        let _ = tokio::time::timeout(GRACE, gone).await;
        let _ = kill_process_group(self.id, Signal::KILL);
        // One that hangs in the kernel, at a USB port that is gone for example, must not keep the power from being switched
        // off. The runtime reaps it when it ends.
        let _ = tokio::time::timeout(GRACE, self.child.wait()).await;
    }
}

#[cfg(test)]
mod tests;
