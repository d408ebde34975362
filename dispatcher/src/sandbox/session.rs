//! One channel of a connection: a command or a shell, with pipes or with a terminal.
//!
//! A command has its own process group, which is killed when the channel closes before the command ends. A shell on a
//! terminal is hung up by the terminal itself. What a finished command left running stays, as on any machine.

use std::{
    collections::BTreeMap,
    ffi::OsString,
    io,
    os::{
        fd::{AsFd, OwnedFd},
        unix::{ffi::OsStringExt, process::ExitStatusExt},
    },
    path::Path,
    process::{ExitStatus, Stdio},
};

use pty_process::{OwnedReadPty, OwnedWritePty};
use russh::{
    Channel, ChannelMsg, ChannelReadHalf, ChannelWriteHalf,
    server::{Handle, Msg},
};
use rustix::{
    process::{Pid, Signal, kill_process_group},
    termios::{Winsize, tcsetwinsize},
};
use tokio::{
    io::AsyncWriteExt,
    process::{Child, ChildStderr, ChildStdin, ChildStdout, Command},
    sync::mpsc,
};

use super::{
    pump::{STDERR, pump},
    signals,
};

const HOME: &str = "/root";
const PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
/// Input that a program has not read yet (packets of up to 32 KiB) before the connection as a whole waits for it.
const UNREAD_PACKETS: usize = 1024;

/// The exit status that shells give for a program that cannot be started.
const NOT_STARTED: u32 = 127;

/// What a client has asked for before it starts something.
#[derive(Default)]
struct Wishes {
    environment: BTreeMap<String, String>,
    terminal: Option<Terminal>,
}

struct Terminal {
    name: String,
    size: Winsize,
}

/// Serves one channel until it is closed.
pub(super) async fn serve(channel: Channel<Msg>, handle: Handle) {
    let id = channel.id();
    let (mut requests, output) = channel.split();
    let mut wishes = Wishes::default();
    while let Some(message) = requests.wait().await {
        let granted = match message {
            ChannelMsg::RequestPty {
                term,
                col_width,
                row_height,
                ..
            } => {
                wishes.terminal = Some(Terminal {
                    name: term,
                    size: winsize(col_width, row_height),
                });
                true
            }
            ChannelMsg::SetEnv {
                variable_name,
                variable_value,
                ..
            } => {
                let valid = !variable_name.is_empty()
                    && !variable_name.contains(['=', '\0'])
                    && !variable_value.contains('\0');
                if valid {
                    wishes.environment.insert(variable_name, variable_value);
                }
                valid
            }
            ChannelMsg::RequestShell { .. } => {
                return start(None, wishes, requests, output, handle).await;
            }
            ChannelMsg::Exec { command, .. } => {
                return start(Some(command), wishes, requests, output, handle).await;
            }
            ChannelMsg::RequestSubsystem { .. } => false,
            ChannelMsg::Close => return,
            _ => continue,
        };
        let answered = if granted {
            handle.channel_success(id).await
        } else {
            handle.channel_failure(id).await
        };
        if answered.is_err() {
            return;
        }
    }
}

/// Starts a command or a shell and sees it through.
async fn start(
    command: Option<Vec<u8>>,
    wishes: Wishes,
    requests: ChannelReadHalf,
    output: ChannelWriteHalf<Msg>,
    handle: Handle,
) {
    let id = output.id();
    let program = program(command, &wishes);
    let started = match wishes.terminal {
        Some(terminal) => on_terminal(program, &terminal),
        None => on_pipes(program),
    };
    if handle.channel_success(id).await.is_ok() {
        match started {
            Ok(running) => running.see_through(requests, &output, &handle).await,
            Err(error) => {
                let words = format!("cannot start a shell on this node: {error}\n");
                let _ = output.extended_data_bytes(1, words.into_bytes()).await;
                let _ = handle.exit_status_request(id, NOT_STARTED).await;
            }
        }
    }
    let _ = handle.eof(id).await;
    let _ = handle.close(id).await;
}

fn program(command: Option<Vec<u8>>, wishes: &Wishes) -> Command {
    let (shell, prompt) = if Path::new("/bin/bash").exists() {
        ("/bin/bash", r"\u@\h:\w\$ ".to_owned())
    } else {
        let host = rustix::system::uname()
            .nodename()
            .to_string_lossy()
            .into_owned();
        ("/bin/sh", format!("root@{host}:~# "))
    };
    let mut program = Command::new(if command.is_some() { "/bin/sh" } else { shell });
    program
        .env_clear()
        .env("HOME", HOME)
        .env("PATH", PATH)
        .env("SHELL", shell)
        .env("USER", "root")
        .env("LOGNAME", "root")
        .current_dir(HOME);
    match command {
        Some(command) => {
            program.arg("-c").arg(OsString::from_vec(command));
        }
        None if wishes.terminal.is_some() => {
            program.env("PS1", prompt).arg("-i");
        }
        None => {}
    }
    if let Some(terminal) = &wishes.terminal {
        program.env("TERM", &terminal.name);
    }
    program.envs(&wishes.environment);
    program
}

/// A program that runs, with its ends.
struct Running {
    child: Child,
    input: Input,
    output: Output,
    /// The terminal once more, to change its size.
    screen: Option<OwnedFd>,
}

enum Output {
    Terminal(OwnedReadPty),
    Pipes(Option<ChildStdout>, Option<ChildStderr>),
}

enum Input {
    Terminal(OwnedWritePty),
    Pipe(Option<ChildStdin>),
}

fn on_terminal(program: Command, terminal: &Terminal) -> io::Result<Running> {
    let (pty, pts) = pty_process::open().map_err(io::Error::other)?;
    let screen = pty.as_fd().try_clone_to_owned()?;
    tcsetwinsize(&screen, terminal.size)?;
    let child = pty_process::Command::from(program)
        .spawn(pts)
        .map_err(io::Error::other)?;
    let (output, input) = pty.into_split();
    Ok(Running {
        child,
        input: Input::Terminal(input),
        output: Output::Terminal(output),
        screen: Some(screen),
    })
}

fn on_pipes(mut program: Command) -> io::Result<Running> {
    let mut child = program
        .process_group(0)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    Ok(Running {
        input: Input::Pipe(child.stdin.take()),
        output: Output::Pipes(child.stdout.take(), child.stderr.take()),
        screen: None,
        child,
    })
}

fn winsize(columns: u32, rows: u32) -> Winsize {
    let fit = |n: u32| u16::try_from(n).unwrap_or(u16::MAX);
    Winsize {
        ws_row: fit(rows),
        ws_col: fit(columns),
        ws_xpixel: 0,
        ws_ypixel: 0,
    }
}

impl Running {
    /// Until the program has ended and all its output is on its way, or the channel is closed.
    async fn see_through(
        self,
        requests: ChannelReadHalf,
        output: &ChannelWriteHalf<Msg>,
        handle: &Handle,
    ) {
        let Self {
            mut child,
            input,
            output: source,
            screen,
        } = self;
        let group = child.id().and_then(|pid| Pid::from_raw(pid.cast_signed()));
        let on_terminal = matches!(source, Output::Terminal(_));
        let listen = listen(requests, input, screen, group);
        let shown = async {
            match source {
                Output::Terminal(terminal) => pump(terminal, output, None).await,
                Output::Pipes(Some(stdout), Some(stderr)) => {
                    let (out, err) = (pump(stdout, output, None), pump(stderr, output, STDERR));
                    tokio::join!(out, err);
                }
                Output::Pipes(..) => {}
            }
        };
        // As OpenSSH has it: the exit status when the program ends, and all output, also that of programs which it
        // left behind with its pipes.
        let ended = async {
            if let Ok(status) = child.wait().await {
                report(status, output, handle).await;
            }
        };
        let closed = tokio::select! {
            () = listen => true,
            _ = async { tokio::join!(shown, ended) } => false,
        };
        if let (true, false, Some(group)) = (closed, on_terminal, group) {
            // Fails when all of the group is gone, which is what is wanted.
            let _ = kill_process_group(group, Signal::KILL);
        }
    }
}

/// Carries out what the client sends; returns when the channel is closed.
///
/// Input waits in a queue of its own: a program that does not read keeps signals and new sizes from arriving only when
/// [`UNREAD_PACKETS`] are waiting for it.
async fn listen(
    mut requests: ChannelReadHalf,
    input: Input,
    screen: Option<OwnedFd>,
    group: Option<Pid>,
) {
    let (queue, unread) = mpsc::channel(UNREAD_PACKETS);
    let mut queue = Some(queue);
    let hear = async {
        while let Some(message) = requests.wait().await {
            match message {
                ChannelMsg::Data { data } => {
                    if let Some(queue) = &queue {
                        // Fails only after `feed` has ended, which it does not before the queue is closed.
                        let _ = queue.send(data).await;
                    }
                }
                ChannelMsg::Eof => queue = None,
                ChannelMsg::WindowChange {
                    col_width,
                    row_height,
                    ..
                } => {
                    if let Some(screen) = &screen {
                        let _ = tcsetwinsize(screen, winsize(col_width, row_height));
                    }
                }
                ChannelMsg::Signal { signal } => {
                    if let (Some(group), Some(signal)) = (group, signals::from_ssh(&signal)) {
                        let _ = kill_process_group(group, signal);
                    }
                }
                ChannelMsg::Close => return,
                _ => {}
            }
        }
    };
    let feed = async {
        feed(input, unread).await;
        std::future::pending::<()>().await;
    };
    tokio::select! {
        () = hear => {}
        () = feed => {}
    }
}

/// Writes input to the program. A program that has closed its input misses the rest.
async fn feed(mut input: Input, mut unread: mpsc::Receiver<impl AsRef<[u8]>>) {
    while let Some(data) = unread.recv().await {
        let written = match &mut input {
            Input::Terminal(terminal) => terminal.write_all(data.as_ref()).await,
            Input::Pipe(Some(pipe)) => pipe.write_all(data.as_ref()).await,
            Input::Pipe(None) => Ok(()),
        };
        if written.is_err() {
            input = Input::Pipe(None);
        }
    }
}

async fn report(status: ExitStatus, output: &ChannelWriteHalf<Msg>, handle: &Handle) {
    let id = output.id();
    // A client that is gone misses nothing.
    let _ = match status.signal() {
        Some(signal) => {
            let dumped = status.core_dumped();
            handle
                .exit_signal_request(
                    id,
                    signals::to_ssh(signal),
                    dumped,
                    String::new(),
                    String::new(),
                )
                .await
        }
        None => {
            let code = status.code().unwrap_or_default().cast_unsigned();
            handle.exit_status_request(id, code).await
        }
    };
}
