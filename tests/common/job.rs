//! Runs `dispatch` on a job as a user would, and says what came out.
//!
//! In goes a job and where to run it; out comes an [`Outcome`], or a [`Running`] run to interfere with. Every test has
//! a state folder, a home and a temporary folder of its own, so that tests neither meet nor find a user's keys.

use std::cell::OnceCell;
use std::ffi::OsString;
use std::fs;
use std::io::Read;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use tempfile::TempDir;

use crate::journal;
use crate::lab::Lab;
use crate::need;
use crate::nodes::Farm;
use crate::outcome::Outcome;
use crate::processes;

/// Where cargo put the program that runs: the folder that holds `dispatch` as well.
///
/// # Panics
/// When the program cannot tell where it is.
#[must_use]
pub fn build_dir() -> PathBuf {
    let program = std::env::current_exe().expect("the program knows where it is");
    let dir = program.parent().expect("a program is in a folder");
    // Test programs are one folder deeper.
    let dir = if dir.ends_with("deps") {
        dir.parent().expect("`deps` is in a folder")
    } else {
        dir
    };
    dir.to_path_buf()
}

/// The program under test: `DISPATCH_BIN`, else the one built beside the tests.
///
/// # Panics
/// When it is not there.
#[must_use]
pub fn dispatch_program() -> PathBuf {
    let program = std::env::var_os("DISPATCH_BIN")
        .map_or_else(|| build_dir().join("dispatch"), PathBuf::from);
    assert!(
        program.is_file(),
        "{} is not there: run `cargo build --bin dispatch` first, or set DISPATCH_BIN",
        program.display()
    );
    program
}

/// The root of the source tree.
#[must_use]
pub fn source_dir() -> PathBuf {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    tests.parent().expect("tests/ is in a folder").to_path_buf()
}

/// A run of `dispatch` to be.
#[derive(Debug)]
pub struct JobTest {
    name: String,
    work: TempDir,
    command: Vec<String>,
    lab: Option<PathBuf>,
    before: Vec<String>,
    args: Vec<String>,
    env: Vec<(String, String)>,
    state: PathBuf,
    limit: Duration,
    expect: Option<i32>,
    own_lab: Option<Lab>,
    program: Option<PathBuf>,
}

impl JobTest {
    /// A run with a name, which appears in messages.
    ///
    /// # Panics
    /// When no temporary folder can be made.
    #[must_use]
    pub fn new(name: &str) -> Self {
        let work = tempfile::Builder::new()
            .prefix("dispatch-test-")
            .tempdir()
            .expect("a temporary folder");
        for folder in ["home", "tmp"] {
            fs::create_dir(work.path().join(folder)).expect("the folder is writable");
        }
        Self {
            name: name.into(),
            state: work.path().join("state"),
            work,
            command: vec!["submit".into(), "job.yaml".into()],
            lab: None,
            before: Vec::new(),
            args: Vec::new(),
            env: Vec::new(),
            limit: Duration::from_secs(180),
            expect: None,
            own_lab: None,
            program: None,
        }
    }

    /// The job file's text.
    #[must_use]
    pub fn job(self, yaml: &str) -> Self {
        self.file("job.yaml", yaml)
    }

    /// A job file that is there already.
    #[must_use]
    pub fn job_file(mut self, path: &Path) -> Self {
        self.command = vec!["submit".into(), path.display().to_string()];
        self
    }

    /// A file beside the job.
    ///
    /// # Panics
    /// When it cannot be written.
    #[must_use]
    pub fn file(self, path: &str, text: impl AsRef<[u8]>) -> Self {
        let path = self.work.path().join(path);
        let folder = path.parent().expect("it is below the work folder");
        fs::create_dir_all(folder).expect("the folder is writable");
        fs::write(path, text).expect("the folder is writable");
        self
    }

    /// A program beside the job.
    ///
    /// # Panics
    /// When it cannot be written.
    #[must_use]
    pub fn executable(self, path: &str, text: &str) -> Self {
        let test = self.file(path, text);
        let all = fs::Permissions::from_mode(0o755);
        fs::set_permissions(test.work.path().join(path), all).expect("the file is ours");
        test
    }

    /// Another command than `submit job.yaml`.
    #[must_use]
    pub fn command(mut self, words: &[&str]) -> Self {
        self.command = words.iter().map(|&word| word.to_owned()).collect();
        self
    }

    /// Runs in the farm's network with a lab of all its nodes.
    #[must_use]
    pub fn on(mut self, farm: &Farm) -> Self {
        let lab = Lab::of(farm);
        self.lab = Some(lab.path().to_path_buf());
        self.own_lab = Some(lab);
        self.before.extend(farm.enter());
        self
    }

    /// Runs in the farm's network with a lab of the test's making.
    #[must_use]
    pub fn on_lab(mut self, farm: &Farm, lab: &Lab) -> Self {
        self.lab = Some(lab.path().to_path_buf());
        self.before.extend(farm.enter());
        self
    }

    /// Runs as a user who owns nothing but the run's own folders. Does nothing when the tests are not run by root.
    ///
    /// # Panics
    /// When the program cannot be put where that user finds it.
    #[must_use]
    pub fn as_ordinary_user(mut self) -> Self {
        if need::is_root() {
            // Another user is another life: the parent's death has to be asked about again.
            self.before
                .extend(["setpriv".into(), "--pdeathsig=KILL".into()]);
            self.before.extend(need::ORDINARY_USER.map(Into::into));
            // The tree of the tests may lie in a folder that is closed to others.
            let copy = self.work.path().join("dispatch");
            fs::copy(self.program(), &copy).expect("there is room for a copy");
            self.program = Some(copy);
            give_away(self.work.path());
        }
        self
    }

    /// Puts words before the command, for example a program that measures it.
    #[must_use]
    pub fn under(mut self, words: &[String]) -> Self {
        self.before.splice(0..0, words.iter().cloned());
        self
    }

    /// Another program than the one that was built.
    #[must_use]
    pub fn with_program(mut self, program: &Path) -> Self {
        self.program = Some(program.to_path_buf());
        self
    }

    fn program(&self) -> PathBuf {
        self.program.clone().unwrap_or_else(dispatch_program)
    }

    /// A further argument.
    #[must_use]
    pub fn arg(mut self, arg: &str) -> Self {
        self.args.push(arg.into());
        self
    }

    /// An environment variable.
    #[must_use]
    pub fn env(mut self, name: &str, value: &str) -> Self {
        self.env.push((name.into(), value.into()));
        self
    }

    /// The state folder of another run, to see its runs and keys.
    #[must_use]
    pub fn state_of(mut self, other: &Outcome) -> Self {
        self.state = other.state().to_path_buf();
        self
    }

    /// The run must end with this exit code.
    #[must_use]
    pub fn expect_exit(mut self, code: i32) -> Self {
        self.expect = Some(code);
        self
    }

    /// The run must end within this time; default three minutes.
    #[must_use]
    pub fn within(mut self, limit: Duration) -> Self {
        self.limit = limit;
        self
    }

    /// Runs to the end.
    ///
    /// # Panics
    /// When it takes too long or ends with another code than expected; the message holds all that was said.
    #[must_use]
    pub fn run(self) -> Outcome {
        self.start().finish()
    }

    /// Starts it and comes back at once.
    ///
    /// # Panics
    /// When it cannot be started.
    #[must_use]
    pub fn start(self) -> Running {
        let mut words = vec![
            // Should the test be killed, the run must not outlive it.
            "setpriv".to_owned(),
            "--pdeathsig=KILL".to_owned(),
        ];
        words.extend(self.before.iter().cloned());
        words.push(self.program().display().to_string());
        words.extend(self.command.iter().cloned());
        if let Some(lab) = &self.lab {
            words.extend(["--lab".to_owned(), lab.display().to_string()]);
        }
        words.extend(self.args.iter().cloned());

        let started = Instant::now();
        let mut command = Command::new(&words[0]);
        command
            .args(&words[1..])
            .current_dir(self.work.path())
            .envs(own_environment(self.work.path(), &self.state))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        for name in ["SSH_AUTH_SOCK", "XDG_STATE_HOME", "XDG_RUNTIME_DIR"] {
            command.env_remove(name);
        }
        command.envs(self.env.iter().map(|(name, value)| (name, value)));
        let mut child = command
            .spawn()
            .expect("setpriv (Debian package util-linux) starts");
        let stdout = listen(child.stdout.take().expect("stdout is piped"));
        let stderr = listen(child.stderr.take().expect("stderr is piped"));
        Running {
            test: self,
            child,
            stdout,
            stderr,
            started,
        }
    }
}

fn own_environment(work: &Path, state: &Path) -> [(&'static str, OsString); 3] {
    [
        ("DISPATCH_STATE", state.into()),
        ("HOME", work.join("home").into()),
        ("TMPDIR", work.join("tmp").into()),
    ]
}

/// Makes an ordinary user the owner of a folder and what is in it.
fn give_away(folder: &Path) {
    let status = Command::new("chown")
        .args(["-R", "65534:65534"])
        .arg(folder)
        .status()
        .expect("chown starts");
    assert!(status.success(), "root may give away {}", folder.display());
}

fn listen(mut stream: impl Read + Send + 'static) -> JoinHandle<Vec<u8>> {
    std::thread::spawn(move || {
        let mut said = Vec::new();
        // What was said before an error is kept.
        let _ = stream.read_to_end(&mut said);
        said
    })
}

/// A run that goes on.
#[derive(Debug)]
pub struct Running {
    test: JobTest,
    child: Child,
    stdout: JoinHandle<Vec<u8>>,
    stderr: JoinHandle<Vec<u8>>,
    started: Instant,
}

impl Running {
    /// The process id of `dispatch`.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// The folder for temporary files that the run was given.
    #[must_use]
    pub fn tmp(&self) -> PathBuf {
        self.test.work.path().join("tmp")
    }

    /// Its journal so far.
    #[must_use]
    pub fn journal(&self) -> Vec<Value> {
        newest_run(&self.test.state)
            .map(|run| journal::read(&run.join("journal.jsonl")))
            .unwrap_or_default()
    }

    /// Waits until the journal has an entry, and returns it.
    ///
    /// # Panics
    /// When the run's time is over, or the run is.
    pub fn wait_for(&mut self, what: &str, is: impl Fn(&Value) -> bool) -> Value {
        let mut found = None;
        let mut over = false;
        let _ = processes::wait_until(self.test.limit, || {
            // Asked first, so that the last words of a run that ends in between are read.
            over = self.child.try_wait().is_ok_and(|status| status.is_some());
            found = self.journal().into_iter().find(&is);
            found.is_some() || over
        });
        found.unwrap_or_else(|| {
            panic!(
                "{}: no entry '{what}' in the journal{}: {:#?}",
                self.test.name,
                if over { " of a run that has ended" } else { "" },
                self.journal()
            )
        })
    }

    /// Sends a signal to `dispatch`.
    ///
    /// # Panics
    /// When it has ended and was waited for.
    pub fn signal(&self, what: Signal) {
        let pid = Pid::from_raw(self.pid().cast_signed()).expect("a child has a process id");
        kill_process(pid, what).expect("the child is not reaped yet");
    }

    /// Waits for the end.
    ///
    /// # Panics
    /// When it takes too long or ends with another code than expected; the message holds all that was said.
    #[must_use]
    pub fn finish(mut self) -> Outcome {
        let (status, late) = self.wait();
        let elapsed = self.started.elapsed();
        let say = |words: JoinHandle<Vec<u8>>| {
            let bytes = words.join().expect("a reader does not panic");
            String::from_utf8_lossy(&bytes).into_owned()
        };
        let outcome = Outcome {
            code: status.code(),
            stdout: say(self.stdout),
            stderr: say(self.stderr),
            elapsed,
            program: self.test.program(),
            run_dir: newest_run(&self.test.state),
            state: self.test.state,
            name: self.test.name,
            work: self.test.work,
            results: OnceCell::new(),
        };
        assert!(!late, "took longer than {:?}\n{outcome}", self.test.limit);
        if let Some(code) = self.test.expect {
            assert!(
                outcome.code == Some(code),
                "expected exit code {code}\n{outcome}"
            );
        }
        outcome
    }

    /// The exit status, and whether the run had to be killed because its time was over.
    fn wait(&mut self) -> (ExitStatus, bool) {
        let pid = Pid::from_raw(self.pid().cast_signed()).expect("a child has a process id");
        let left = self.test.limit.saturating_sub(self.started.elapsed());
        let (done, over) = mpsc::channel::<()>();
        let guard = std::thread::spawn(move || {
            let late = over.recv_timeout(left) == Err(mpsc::RecvTimeoutError::Timeout);
            if late {
                // It may have ended in this very moment.
                let _ = kill_process(pid, Signal::KILL);
            }
            late
        });
        let status = self.child.wait().expect("a child can be waited for");
        drop(done);
        (status, guard.join().expect("the guard does not panic"))
    }
}

/// The folder of the newest run: ids are digits and grow.
fn newest_run(state: &Path) -> Option<PathBuf> {
    let runs = fs::read_dir(state.join("runs")).ok()?;
    runs.flatten()
        .filter_map(|entry| {
            let id: u64 = entry.file_name().to_str()?.parse().ok()?;
            Some((id, entry.path()))
        })
        .max()
        .map(|(_, path)| path)
}

#[cfg(test)]
mod tests;
