//! The test shell: starts the runner on the node and follows what it says to its end.

use std::collections::VecDeque;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;

use regex_automata::meta::Regex;
use regex_automata::util::captures::Captures;
use tokio::time::Instant;
use tokio_util::bytes::Bytes;

use super::bus_calls::{ConsoleCall, Done, ReplyTo, Waits, typed_answer};
use super::results::{Results, Way};
use crate::actions::boot::ssh;
use crate::bus::relay::{Relay, Request, parse};
use crate::console::markers::{Located, Marker, Scanner};
use crate::engine::node::NodeRun;
use crate::failure::{Class, Failure};
use crate::journal::event::NoteLevel;
use crate::overlay::scripts::quote;
use crate::transport::ssh::{OUTPUT_LIMIT, Output};
use job_schema::testdef::Verdict;

/// The runner says its end on two ways; when the channel's has come, the console's may take so long: noise in the middle
/// of its marker can have broken it.
const SECOND_WAY: Duration = Duration::from_secs(5);

/// Requests that may wait for a big one.
const MOST_DEFERRED: usize = 10_000;

/// Runs the definitions of a stage.
pub(super) async fn run(stage: usize, namespace: &str, node: &mut NodeRun) -> Result<(), Failure> {
    if node.state.namespace(namespace).unfinished_shell {
        // A test shell that did not come to its end still has the console; its hang-up ends what it left behind. What
        // its helpers have asked and nobody has read goes with their channel.
        node.state.namespace(namespace).relay = None;
        ssh::open_console(namespace, node).await?;
        ssh::expect_shell(namespace, node).await?;
        ssh::start_relay(namespace, node).await?;
    }
    let _console = node.state.console(namespace)?.look();
    let here = node.state.namespace(namespace);
    let _requests = here.relay.as_ref().map(|relay| relay.requests.look());
    here.unfinished_shell = true;
    let again = !here.stages_run.insert(stage);
    let mut shell = Shell::new(stage, namespace, node);
    let result = shell.follow(node, again).await;
    shell.results.close();
    shell.write_down(node);
    node.state.namespace(namespace).unfinished_shell = !shell.ended_on_console;
    result
}

/// A test shell that runs.
struct Shell {
    /// Folder of the stage on the node.
    stage: String,
    namespace: String,
    root: String,
    scanner: Scanner,
    results: Results,
    waits: Waits,
    /// A request that is too long for a line, on its way from the node.
    big: Option<BoxFuture<'static, Result<Output, Failure>>>,
    /// Requests that came after it: their order counts.
    deferred: VecDeque<Request>,
    lines: ParsedLines,
    /// The environment's exit status, when it came.
    sourced: Option<u32>,
    install_failed: bool,
    ended_on_console: bool,
    ended_on_channel: bool,
}

/// What a test shell waits for.
enum Next {
    Output(Bytes),
    Request(Option<Request>),
    Done(Done),
    Big(Result<Output, Failure>),
    /// The channel has said the end, and the console has had time enough.
    Late,
}

impl Shell {
    fn new(stage: usize, namespace: &str, node: &NodeRun) -> Self {
        let name = node.plan.spec.name.clone();
        let here = node
            .plan
            .tests
            .iter()
            .filter(|t| t.namespace == namespace && t.stage == stage);
        let known = here.map(|t| t.dir.clone()).collect();
        let file = node.run.dir.console_log(&name);
        let root = node.plan.results_dir(namespace);
        Self {
            stage: format!("{root}/{stage}"),
            namespace: namespace.to_owned(),
            root,
            scanner: Scanner::default(),
            results: Results::new(name, file, known, node.state.expected.clone()),
            waits: Waits::default(),
            big: None,
            deferred: VecDeque::new(),
            lines: ParsedLines::default(),
            sourced: None,
            install_failed: false,
            ended_on_console: false,
            ended_on_channel: false,
        }
    }

    async fn follow(&mut self, node: &mut NodeRun, again: bool) -> Result<(), Failure> {
        let root = &self.root;
        let environment = format!("{root}/environment");
        let shell = node.plan.os_of(&self.namespace).shell;
        let conf = format!("{}/lava-test-runner.conf", self.stage);
        let runner = format!(
            "{} {}",
            quote(&format!("{root}/bin/lava-test-runner")),
            quote(&self.stage)
        );
        let console = node.state.console(&self.namespace)?;
        console.type_line(&format!("export SHELL={shell}")).await?;
        if again {
            // The runner has renamed its list; without it a second try would run nothing and pass.
            console
                .type_line(&format!(
                    "for f in {0}-*; do mv \"$f\" {0}; done",
                    quote(&conf)
                ))
                .await?;
        }
        let source = format!(
            ". {} ; printf \"<LAVA_SIGNAL_RETRUNCODE $?>\\n\"",
            quote(&environment)
        );
        console.type_line(&source).await?;
        let mut started = false;
        let mut late = None;
        while !self.ended(node) {
            if self.ended_on_channel && late.is_none() {
                late = Some(Instant::now() + SECOND_WAY);
            }
            match self.next(node, late).await? {
                Next::Output(chunk) => self.output(&chunk, node).await?,
                Next::Request(Some(request)) if self.big.is_some() => self.defer(request)?,
                Next::Request(Some(request)) => self.request(request, node)?,
                Next::Big(output) => self.big_request(&output?, node)?,
                Next::Request(None) => node.state.namespace(&self.namespace).relay = None,
                Next::Done(done) => self.answer(done, node).await?,
                Next::Late => break,
            }
            match self.sourced {
                Some(0) if !started => {
                    started = true;
                    node.state
                        .console(&self.namespace)?
                        .type_line(&runner)
                        .await?;
                }
                Some(code) if code != 0 => {
                    let message = format!(
                        "'. {environment}' failed with return code {code}; see the node's console"
                    );
                    return Err(Failure::new(Class::Job, message));
                }
                _ => {}
            }
            self.write_down(node);
        }
        if self.install_failed {
            return Err(Failure::new(
                Class::Test,
                format!(
                    "unable to start test stage {}: the install part of a definition failed; see the node's console",
                    self.stage.rsplit('/').next().unwrap_or_default()
                ),
            ));
        }
        Ok(())
    }

    async fn next(&mut self, node: &mut NodeRun, late: Option<Instant>) -> Result<Next, Failure> {
        let here = node.state.namespace(&self.namespace);
        let console = here
            .console
            .as_mut()
            .ok_or_else(|| Failure::new(Class::Bug, "the console vanished"))?;
        tokio::select! {
            chunk = console.read() => Ok(Next::Output(chunk?)),
            request = next_request(&mut here.relay) => Ok(Next::Request(request)),
            done = self.waits.next() => Ok(Next::Done(done)),
            output = until_big(&mut self.big) => Ok(Next::Big(output)),
            () = until(late) => Ok(Next::Late),
        }
    }

    /// Without a private channel the console's word counts; with one, also the channel's, which no test can forge by
    /// printing.
    fn ended(&self, node: &mut NodeRun) -> bool {
        match &node.state.namespace(&self.namespace).relay {
            None => self.ended_on_console,
            Some(_) => self.ended_on_console && self.ended_on_channel,
        }
    }

    fn write_down(&mut self, node: &NodeRun) {
        if !self.results.events.is_empty() {
            node.run
                .recorder
                .record_all(std::mem::take(&mut self.results.events));
        }
    }

    async fn output(&mut self, chunk: &Bytes, node: &mut NodeRun) -> Result<(), Failure> {
        let mut found = Vec::new();
        let end = node.state.console(&self.namespace)?.position();
        let base = end - chunk.len() as u64;
        let seen = self.scanner.seen();
        self.scanner.feed(chunk, &mut found);
        self.lines.feed(chunk, &mut self.results, (base, end));
        for Located { marker, start, end } in found {
            // From the stream that is scanned to the log: the scan began somewhere in it.
            let place = ((base + start).saturating_sub(seen), base + end - seen);
            self.marker(marker, place, node)?;
        }
        Ok(())
    }

    fn marker(&mut self, marker: Marker, place: (u64, u64), node: &NodeRun) -> Result<(), Failure> {
        match marker {
            Marker::RunnerExit => self.ended_on_console = true,
            Marker::InstallFail => self.install_failed = true,
            Marker::TooLong => self.results.note(
                NoteLevel::Warning,
                "a marker on the console has no end within 64 KiB; it is ignored".to_owned(),
            ),
            Marker::Signal { name, text } if name == "RETRUNCODE" => {
                // The echo of the command holds `$?` instead of a number.
                if let Ok(code) = text.parse() {
                    self.sourced.get_or_insert(code);
                }
            }
            Marker::Signal { name, text } => {
                self.signal(Way::Console, None, &name, &text, place, node)?;
            }
            Marker::MultiNode { name, text } => match ConsoleCall::read(&name, &text) {
                ConsoleCall::Send { id, data } => {
                    self.results
                        .bus_case(Way::Console, None, "send", &id, true, place);
                    node.bus_send(id, data);
                }
                // Nobody can tell whether something else on the node goes on meanwhile, so it may.
                ConsoleCall::Wait(wait, call) => {
                    self.waits
                        .begin(node, None, wait, false, ReplyTo::Console(call));
                }
                ConsoleCall::Unknown => self.results.note(
                    NoteLevel::Warning,
                    format!(
                        "unknown MultiNode call {}",
                        name.chars().take(80).collect::<String>()
                    ),
                ),
            },
        }
        Ok(())
    }

    fn signal(
        &mut self,
        way: Way,
        suite: Option<&str>,
        name: &str,
        text: &str,
        place: (u64, u64),
        node: &NodeRun,
    ) -> Result<(), Failure> {
        let raised = self.results.signal(way, suite, name, text, place);
        match name {
            "STARTRUN" | "ENDRUN" => {
                let parse = self.results.suite().and_then(|s| node.state.parse.get(s));
                self.lines.use_pattern(parse, &mut self.results);
            }
            _ => {}
        }
        match raised {
            None => Ok(()),
            Some(message) => Err(Failure::new(
                Class::Test,
                format!("the test raised: {message}"),
            )),
        }
    }

    /// What comes while a big request is on its way waits for it; the console is read all the while.
    fn defer(&mut self, request: Request) -> Result<(), Failure> {
        if self.deferred.len() >= MOST_DEFERRED {
            return Err(Failure::new(
                Class::Test,
                format!(
                    "the node's helpers sent more than {MOST_DEFERRED} requests while one was being read"
                ),
            ));
        }
        self.deferred.push_back(request);
        Ok(())
    }

    fn big_request(&mut self, output: &Output, node: &mut NodeRun) -> Result<(), Failure> {
        self.big = None;
        if output.stdout.len() >= OUTPUT_LIMIT {
            let message =
                format!("a helper's request is longer than {OUTPUT_LIMIT} bytes; it is ignored");
            self.results.note(NoteLevel::Warning, message);
        } else {
            let line = String::from_utf8_lossy(&output.stdout);
            match parse(line.trim_end_matches('\n')) {
                Request::Big(_) => {}
                request => self.request(request, node)?,
            }
        }
        while self.big.is_none()
            && let Some(request) = self.deferred.pop_front()
        {
            self.request(request, node)?;
        }
        Ok(())
    }

    fn request(&mut self, request: Request, node: &mut NodeRun) -> Result<(), Failure> {
        let at = node.state.console(&self.namespace)?.position();
        match request {
            Request::RunnerExit(stage) => self.ended_on_channel |= stage == self.stage,
            Request::Signal { suite, text } => {
                // As the console's copy is cut, so that the two are the same text.
                let text = text.split('>').next().unwrap_or_default();
                let (name, text) = text.split_once(' ').unwrap_or((text, ""));
                self.signal(
                    Way::Channel,
                    suite.as_deref(),
                    name,
                    text.trim(),
                    (at, at),
                    node,
                )?;
            }
            Request::Send { suite, id, data } => {
                self.results
                    .bus_case(Way::Channel, suite.as_deref(), "send", &id, true, (at, at));
                node.bus_send(id, data);
            }
            Request::Wait {
                suite,
                wait,
                alone,
                reply,
            } => {
                self.waits
                    .begin(node, suite, wait, alone, ReplyTo::Channel(reply));
            }
            Request::Cancel(reply) => self.waits.cancel(&reply),
            Request::Big(name) => {
                let link = node.state.link(&self.namespace)?;
                let file = quote(&format!("{}/bus/{name}", self.root));
                let command = format!("cat {file} && rm -f {file}");
                let read = async move { link.run(&command, Bytes::new()).await };
                self.big = Some(read.boxed());
            }
            Request::Nonsense(line) => self.results.note(
                NoteLevel::Warning,
                format!("a helper's request cannot be read and is ignored: {line:?}"),
            ),
        }
        Ok(())
    }

    async fn answer(&mut self, done: Done, node: &mut NodeRun) -> Result<(), Failure> {
        let console = node.state.console(&self.namespace)?;
        let at = console.position();
        let way = match done.to {
            ReplyTo::Console(_) => Way::Console,
            ReplyTo::Channel(_) => Way::Channel,
        };
        self.results.bus_case(
            way,
            done.suite.as_deref(),
            done.verb,
            &done.id,
            done.answer.is_ok(),
            (at, at),
        );
        match &done.to {
            ReplyTo::Console(call) => console.type_line(&typed_answer(call, &done.answer)).await?,
            ReplyTo::Channel(name) => {
                if let Some(relay) = &node.state.namespace(&self.namespace).relay {
                    relay.reply(name, &done.answer).await;
                }
            }
        }
        done.answer.map(|_| ())
    }
}

async fn next_request(relay: &mut Option<Relay>) -> Option<Request> {
    match relay {
        Some(relay) => relay.requests.next().await,
        None => std::future::pending().await,
    }
}

async fn until_big(
    big: &mut Option<BoxFuture<'static, Result<Output, Failure>>>,
) -> Result<Output, Failure> {
    match big {
        Some(big) => big.await,
        None => std::future::pending().await,
    }
}

async fn until(instant: Option<Instant>) {
    match instant {
        Some(instant) => tokio::time::sleep_until(instant).await,
        None => std::future::pending().await,
    }
}

/// Results by the `parse:` pattern of a definition: line by line, while its run goes on.
#[derive(Default)]
struct ParsedLines {
    pattern: Option<(Regex, indexmap::IndexMap<String, Verdict>)>,
    line: Vec<u8>,
}

/// Longest line that a pattern is tried on, in bytes.
const LONGEST_LINE: usize = 64 * 1024;

impl ParsedLines {
    fn use_pattern(&mut self, parse: Option<&job_schema::testdef::Parse>, results: &mut Results) {
        self.line.clear();
        let with_pattern = parse.and_then(|parse| Some((parse.pattern.as_ref()?, parse)));
        self.pattern = with_pattern.and_then(|(pattern, parse)| match Regex::new(pattern) {
            Ok(regex) => Some((regex, parse.fixupdict.clone())),
            Err(e) => {
                let message = format!("the `parse` pattern of the definition cannot be used: {e}");
                results.note(NoteLevel::Warning, message);
                None
            }
        });
    }

    fn feed(&mut self, chunk: &[u8], results: &mut Results, place: (u64, u64)) {
        let Some((regex, fixup)) = &self.pattern else {
            return;
        };
        for piece in chunk.split_inclusive(|&b| b == b'\n') {
            let room = LONGEST_LINE.saturating_sub(self.line.len());
            self.line.extend_from_slice(&piece[..piece.len().min(room)]);
            if piece.ends_with(b"\n") {
                let line = String::from_utf8_lossy(&self.line).into_owned();
                self.line.clear();
                let mut found = regex.create_captures();
                regex.captures(line.trim_end(), &mut found);
                if let Some(text) = test_case(&found, &line, fixup) {
                    results.signal(Way::Console, None, "TESTCASE", &text, place);
                }
            }
        }
    }
}

/// A match as the text of a `TESTCASE` signal; an id with spaces inside is no id.
fn test_case(
    found: &Captures,
    line: &str,
    fixup: &indexmap::IndexMap<String, Verdict>,
) -> Option<String> {
    let group = |name: &str| {
        found
            .get_group_by_name(name)
            .map(|span| line[span.range()].trim())
    };
    let id =
        group("test_case_id").filter(|id| !id.is_empty() && !id.contains(char::is_whitespace))?;
    let written = group("result").unwrap_or("pass");
    let result = fixup
        .get(written)
        .map_or(written, |verdict| verdict.as_str());
    let mut text = format!("TEST_CASE_ID={id} RESULT={result}");
    if let Some(measurement) = group("measurement") {
        text.push_str(&format!(" MEASUREMENT={measurement}"));
        if let Some(units) = group("units") {
            text.push_str(&format!(" UNITS={units}"));
        }
    }
    Some(text)
}
