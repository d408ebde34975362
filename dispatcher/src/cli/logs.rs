//! `dispatch logs`: what the consoles of a run said, merged by time or one node's alone; and beside them what commands
//! said that ran on the dispatcher's machine for a node.

mod host;

use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;

use self::host::HostLines;
use super::{CliError, print};
use crate::journal::console_read::ConsoleReader;
use crate::journal::event::{Entry, Event};
use crate::journal::reader::JournalReader;
use crate::journal::watch::Watch;
use crate::store::{RunDir, Store};
use crate::text;

/// Show the console logs of a run.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  dispatch logs latest                    all nodes, merged by time, each line with its node's name
  dispatch logs latest -f                 go on while the run goes on
  dispatch logs latest --node guest-1 > guest-1.log

After `>` stand commands that ran on the dispatcher's machine for the node, and what they printed; --node leaves them out. \
At a terminal, escape sequences that nodes printed are taken out; a file or a pipe gets the bytes as they came.")]
pub struct Args {
    /// The run: its id, the beginning of its id, its folder, or `latest`.
    #[arg(default_value = "latest")]
    run: String,
    /// Wait for more until the run ends.
    #[arg(long, short)]
    follow: bool,
    /// Only this node, without its name before each line.
    #[arg(long, short)]
    node: Option<String>,
    /// Keep escape sequences at a terminal too.
    #[arg(long)]
    raw: bool,
}

/// Prints the logs.
///
/// # Errors
///
/// When there is no such run or node, or its logs cannot be read.
pub fn run(args: &Args) -> Result<ExitCode, CliError> {
    let run = Store::open()?.find(&args.run)?;
    let unreadable = |error| {
        CliError::System(format!(
            "cannot read the logs in {}: {error}",
            run.path().display()
        ))
    };
    let watch = if args.follow {
        Some(Watch::journal(&run.journal()).map_err(unreadable)?)
    } else {
        None
    };
    let mut logs = Logs::open(&run, args.node.clone(), watch).map_err(unreadable)?;
    let clean = io::stdout().is_terminal() && !args.raw;
    let printed = print(|out| logs.print(clean, out))?;
    match &args.node {
        Some(node) if !logs.names.contains(node) => {
            let known = logs
                .names
                .iter()
                .map(|name| text::name(name))
                .collect::<Vec<_>>()
                .join(", ");
            let node = text::name(node);
            Err(CliError::Usage(format!(
                "run {} has no node '{node}'; its nodes: {known}",
                run.id()
            )))
        }
        _ => Ok(printed),
    }
}

/// The logs of a run while they are printed.
struct Logs<'run> {
    run: &'run RunDir,
    journal: JournalReader<io::BufReader<std::fs::File>>,
    /// Set when following.
    watch: Option<Watch>,
    /// Only this node.
    only: Option<String>,
    /// Every node of the run that is known so far.
    names: Vec<String>,
    /// The nodes to print that have not printed anything yet.
    silent: Vec<String>,
    readers: Vec<Node>,
    /// Not when there is only one node's console to show.
    host: Option<HostLines>,
    /// The journal says that the run is over.
    ended: bool,
}

struct Node {
    name: String,
    reader: ConsoleReader,
}

impl<'run> Logs<'run> {
    fn open(run: &'run RunDir, only: Option<String>, watch: Option<Watch>) -> io::Result<Self> {
        let journal = JournalReader::open(&run.journal())?;
        let host = match only {
            None => Some(HostLines::open(run)?),
            Some(_) => None,
        };
        Ok(Self {
            run,
            journal,
            watch,
            only,
            names: vec![],
            silent: vec![],
            readers: vec![],
            host,
            ended: false,
        })
    }

    /// Prints all there is, and when following what comes until the run is over.
    fn print(&mut self, clean: bool, out: &mut dyn Write) -> io::Result<()> {
        loop {
            // Asked before reading: what a run that is over has said is all on disk.
            let over = self.ended || self.watch.as_ref().is_none_or(Watch::is_over);
            self.find_nodes()?;
            self.open_logs()?;
            self.drain(over, clean, out)?;
            match &self.watch {
                Some(watch) if !over => {
                    out.flush()?;
                    watch.wait()?;
                }
                _ => return Ok(()),
            }
        }
    }

    /// Reads on in the journal: which nodes there are, and whether the run is over.
    fn find_nodes(&mut self) -> io::Result<()> {
        for entry in self.journal.by_ref() {
            let Entry { event, .. } = entry?;
            match event {
                Event::NodeAssigned { node, .. } if !self.names.contains(&node) => {
                    self.names.push(node.clone());
                    if self.only.as_ref().is_none_or(|only| *only == node) {
                        self.silent.push(node);
                    }
                }
                Event::RunEnded { .. } => self.ended = true,
                _ => {}
            }
        }
        Ok(())
    }

    /// Opens the logs that have come to be.
    fn open_logs(&mut self) -> io::Result<()> {
        if let Some(watch) = &self.watch
            && !self.silent.is_empty()
        {
            watch.add(&self.run.nodes())?;
        }
        let mut still_silent = Vec::new();
        for name in std::mem::take(&mut self.silent) {
            let folder = self.run.node_dir(&name);
            let watched = match &self.watch {
                Some(watch) => watch.add(&folder),
                None => Ok(()),
            };
            match watched.and_then(|()| ConsoleReader::open(&folder)) {
                Ok(reader) => self.readers.push(Node {
                    name: text::name(&name),
                    reader,
                }),
                Err(error) if error.kind() == io::ErrorKind::NotFound => still_silent.push(name),
                Err(error) => return Err(error),
            }
        }
        self.silent = still_silent;
        Ok(())
    }

    /// Prints the lines that lie ready, the earliest first.
    fn drain(&mut self, last: bool, clean: bool, out: &mut dyn Write) -> io::Result<()> {
        let mut ready = Vec::with_capacity(self.readers.len());
        for (place, node) in self.readers.iter_mut().enumerate() {
            if node.reader.fill(last)? {
                ready.push(std::cmp::Reverse((node.reader.at(), place)));
            }
        }
        let mut ready = std::collections::BinaryHeap::from(ready);
        let width = self
            .names
            .iter()
            .map(|name| text::name(name).chars().count().min(24))
            .max()
            .unwrap_or(0);
        // Behind the consoles.
        let host_place = self.readers.len();
        if let Some(at) = self.host.as_mut().map_or(Ok(None), HostLines::fill)? {
            ready.push(std::cmp::Reverse((at, host_place)));
        }
        while let Some(std::cmp::Reverse((_, place))) = ready.pop() {
            if let Some(host) = self.host.as_mut().filter(|_| place == host_place) {
                if let Some(said) = host.take() {
                    writeln!(out, "{:<width$} > {}", said.node, said.line)?;
                }
                if let Some(at) = host.fill()? {
                    ready.push(std::cmp::Reverse((at, host_place)));
                }
                continue;
            }
            let node = &mut self.readers[place];
            node.print(self.only.is_none().then_some(width), clean, out)?;
            if node.reader.fill(last)? {
                ready.push(std::cmp::Reverse((node.reader.at(), place)));
            }
        }
        Ok(())
    }
}

impl Node {
    /// Prints the line that lies ready, with the node's name before it when `width` says how wide.
    fn print(&mut self, width: Option<usize>, clean: bool, out: &mut dyn Write) -> io::Result<()> {
        let line = self.reader.take();
        let bare = line.strip_suffix(b"\n").unwrap_or(line);
        let bare = bare.strip_suffix(b"\r").unwrap_or(bare);
        let name = &self.name;
        match (width, clean) {
            (None, false) => return out.write_all(line),
            (None, true) => writeln!(out, "{}", text::console_line(bare))?,
            (Some(width), false) => {
                write!(out, "{name:<width$} | ")?;
                out.write_all(bare)?;
                writeln!(out)?;
            }
            (Some(width), true) => {
                for part in text::console_line(bare).split('\n') {
                    writeln!(out, "{name:<width$} | {part}")?;
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};
    use std::thread;

    use super::*;
    use crate::failure::{Class, Failure};
    use crate::journal::console_log::ConsoleLog;
    use crate::journal::event::NoteLevel;
    use crate::journal::mask::Masker;
    use crate::journal::writer::JournalWriter;

    /// An output that another thread can look at.
    #[derive(Clone, Default)]
    struct Shared(Arc<Mutex<Vec<u8>>>);

    impl Write for Shared {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn new_run() -> (tempfile::TempDir, RunDir, JournalWriter) {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::at(folder.path()).unwrap();
        let (run, writer) = store.create_run(Masker::default()).unwrap();
        (folder, run, writer)
    }

    fn assign(run: &RunDir, writer: &JournalWriter, node: &str) -> ConsoleLog {
        let event = Event::NodeAssigned {
            node: node.into(),
            role: "guest".into(),
            job_id: run.job_id(1),
            device: "d".into(),
            device_type: "sandbox".into(),
            host: None,
            essential: false,
            log: run.console_log(node),
        };
        writer.append(event).unwrap();
        ConsoleLog::create(run, node, &Masker::default()).unwrap()
    }

    fn printed(run: &RunDir, only: Option<&str>, clean: bool) -> String {
        let mut out = Vec::new();
        let mut logs = Logs::open(run, only.map(str::to_owned), None).unwrap();
        logs.print(clean, &mut out).unwrap();
        String::from_utf8_lossy(&out).into_owned()
    }

    #[test]
    fn logs_are_merged_by_time_or_given_as_they_came() {
        let (_folder, run, writer) = new_run();
        let mut host = assign(&run, &writer, "host");
        let mut guest = assign(&run, &writer, "guest-1");
        host.append(b"first\r\n").unwrap();
        guest
            .append(b"\x1b[31msecond\x1b[0m\r\n10%\r20%\r\n")
            .unwrap();
        host.mark_next();
        host.append(b"third\r\nno end").unwrap();
        drop((host, guest));
        let merged = "host    | first\nguest-1 | second\nguest-1 | 10%\nguest-1 | 20%\nhost    | third\nhost    | no end\n";
        assert_eq!(printed(&run, None, true), merged);
        assert!(printed(&run, None, false).contains("guest-1 | \x1b[31msecond"));
        assert_eq!(
            printed(&run, Some("host"), false),
            "first\r\nthird\r\nno end"
        );
        assert_eq!(printed(&run, Some("host"), true), "first\nthird\nno end\n");
    }

    #[test]
    fn commands_on_this_machine_stand_where_they_ran() {
        let (_folder, run, writer) = new_run();
        let mut board = assign(&run, &writer, "board");
        board.append(b"before\n").unwrap();
        let message = "on this machine: pdu off".to_owned();
        let node = || "board".to_owned();
        for event in [
            Event::Note {
                node: Some(node()),
                level: NoteLevel::Info,
                message,
            },
            Event::HostOutput {
                node: node(),
                line: "port 3 is off".to_owned(),
            },
        ] {
            writer.append(event).unwrap();
        }
        board.mark_next();
        board.append(b"after\n").unwrap();
        drop(board);
        let merged = "board | before\nboard > $ pdu off\nboard > port 3 is off\nboard | after\n";
        assert_eq!(printed(&run, None, true), merged);
        assert_eq!(printed(&run, Some("board"), true), "before\nafter\n");
    }

    #[test]
    fn following_sees_late_nodes_and_stops_with_the_run() {
        for killed in [false, true] {
            let (_folder, run, writer) = new_run();
            let out = Shared::default();
            let watch = Watch::journal(&run.journal()).unwrap();
            let follower = {
                let (run, mut out) = (run.clone(), out.clone());
                thread::spawn(move || {
                    Logs::open(&run, None, Some(watch))
                        .unwrap()
                        .print(true, &mut out)
                        .unwrap();
                })
            };
            let mut host = assign(&run, &writer, "host");
            for line in 0..100 {
                host.append(format!("line {line}\n").as_bytes()).unwrap();
            }
            let mut guest = assign(&run, &writer, "guest-1");
            guest.append(b"late").unwrap();
            if !killed {
                let failure = Some(Failure::new(Class::Job, "x"));
                writer.append(Event::RunEnded { failure }).unwrap();
            }
            drop(writer);
            follower.join().unwrap();
            let out = String::from_utf8(out.0.lock().unwrap().clone()).unwrap();
            assert_eq!(
                out.lines().filter(|line| line.contains("| line ")).count(),
                100,
                "{out}"
            );
            assert!(out.contains("guest-1 | late\n"), "{out}");
        }
    }
}
