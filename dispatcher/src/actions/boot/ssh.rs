//! `boot: {method: ssh}`: connect, copy the overlay, open a shell, unpack. For machines of their own (primary) and for
//! guests on another node's machine (secondary).

use std::sync::{Arc, Mutex};

use job_schema::boot::{Boot, Method};
use tokio_util::bytes::Bytes;

use crate::actions::deploy::overlay;
use crate::bus::relay::Relay;
use crate::console::expect::Patterns;
use crate::console::printable;
use crate::console::session::{Console, prompts};
use crate::engine::node::NodeRun;
use crate::failure::{Class, Failure};
use crate::journal::console_log::ConsoleLog;
use crate::journal::event::NoteLevel;
use crate::overlay::scripts::quote;
use crate::plan::StepKind;
use crate::plan::draft::Draft;
use crate::transport::ssh::{Link, Output, Target};
use crate::transport::ssh_auth::Identity;

/// What its steps do.
#[derive(Debug, Clone)]
pub enum Step {
    /// `scp-deploy`: connect, and copy the overlay.
    Deploy {
        /// `parameters: hostID`
        host_id: Option<String>,
    },
    /// `prepare-ssh`: the address must have come.
    Prepare {
        /// `parameters: hostID`
        host_id: Option<String>,
    },
    /// `ssh-connection`: open the shell.
    Connect,
    /// `login-action`: wait for a prompt, type the login commands.
    Login {
        /// `prompts`
        prompts: Vec<String>,
        /// `auto_login: login_commands`
        commands: Vec<String>,
    },
    /// `expect-shell-connection`: the shell answers.
    ExpectShell {
        /// `prompts`
        prompts: Vec<String>,
    },
    /// `scp-overlay-unpack`.
    Unpack,
}

/// The prompt that is set when the job names none.
const OWN_PROMPT: &str = "lava-test: # ";

/// `login-ssh*[scp-deploy, prepare-ssh, ssh-connection, auto-login-action*[login-action], expect-shell-connection,
/// export-device-env, scp-overlay-unpack]`
pub(super) fn plan(boot: &Boot) -> Draft {
    let host_id = match &boot.method {
        Method::Ssh(ssh) => ssh.parameters.host_id.as_ref().map(|id| id.value.clone()),
        _ => None,
    };
    let step = |name, what| {
        Draft::new(name, StepKind::Boot(super::Step::Ssh(what))).blames(Class::Infrastructure)
    };
    let mut steps = vec![
        step(
            "scp-deploy",
            Step::Deploy {
                host_id: host_id.clone(),
            },
        ),
        step("prepare-ssh", Step::Prepare { host_id }),
        step("ssh-connection", Step::Connect),
    ];
    let wanted = boot.prompts().to_vec();
    // Without prompts there is nothing to wait for; LAVA has the step all the same and jobs may name it.
    let login = match wanted.is_empty() {
        true => Draft::group("login-action", Vec::new()),
        false => {
            let commands = boot
                .auto_login()
                .map_or_else(Vec::new, |l| l.login_commands.clone());
            let prompts = wanted.clone();
            step("login-action", Step::Login { prompts, commands }).blames(Class::Job)
        }
    };
    steps.push(Draft::group("auto-login-action", vec![login]).retrying());
    steps.push(step(
        "expect-shell-connection",
        Step::ExpectShell { prompts: wanted },
    ));
    let export = StepKind::Boot(super::Step::ExportDeviceEnv);
    steps.push(Draft::new("export-device-env", export));
    steps.push(step("scp-overlay-unpack", Step::Unpack));
    Draft::group("login-ssh", steps).retrying()
}

/// What a timeout of this step means, for its message.
pub(super) fn hint(what: &Step, node: &NodeRun) -> Option<String> {
    match what {
        Step::Deploy { .. } => {
            let spec = &node.plan.spec;
            let target = node
                .run
                .targets
                .get(spec.host.as_ref().unwrap_or(&spec.name))?;
            Some(format!(
                "the machine at {} port {} is slow, or its SSH server does not answer",
                target.host, target.port
            ))
        }
        Step::Login { prompts, .. } | Step::ExpectShell { prompts } if !prompts.is_empty() => {
            Some(no_prompt(prompts))
        }
        _ => None,
    }
}

/// Runs a step.
pub(super) async fn run(
    what: &Step,
    step: &crate::plan::Step,
    node: &mut NodeRun,
) -> Result<(), Failure> {
    let here = step.namespace.as_str();
    match what {
        Step::Deploy { host_id } => {
            let link = connect(host_id.as_deref(), here, node).await?;
            deliver(&link, here, node).await
        }
        Step::Prepare { host_id } => match host_id {
            Some(id) if node.plan.spec.host.is_some() && !node.state.learned.contains_key(id) => {
                Err(Failure::new(
                    Class::Job,
                    format!(
                        "`hostID: {id}` names a message that no deploy block of this role receives; its \
                         `protocols: lava-multinode` entry must have `messageID: {id}`"
                    ),
                ))
            }
            _ => Ok(()),
        },
        Step::Connect => open_console(here, node).await,
        Step::Login {
            prompts: wanted,
            commands,
        } => {
            let mut patterns = prompts(wanted)?;
            let console = node.state.console(here)?;
            expect(console, &mut patterns, wanted, step).await?;
            for command in commands {
                console.type_line(command).await?;
                expect(console, &mut patterns, wanted, step).await?;
            }
            Ok(())
        }
        Step::ExpectShell { prompts } => {
            node.state.namespace(here).prompts.clone_from(prompts);
            expect_shell(here, node).await
        }
        Step::Unpack => unpack(here, node).await,
    }
}

/// Waits for a prompt, at most the connection's time limit.
async fn expect(
    console: &mut Console,
    patterns: &mut Patterns,
    wanted: &[String],
    step: &crate::plan::Step,
) -> Result<(), Failure> {
    let limit = step.connection_timeout;
    match tokio::time::timeout(limit, console.expect(patterns)).await {
        Ok(found) => found.map(drop),
        Err(_) => {
            let message = format!(
                "{} saw no prompt for {} seconds; {}; the limit is `timeouts: connection:`",
                step.name,
                limit.as_secs(),
                no_prompt(wanted)
            );
            let mut failure = Failure::new(Class::Timeout, message);
            failure.step_class = Some(step.class);
            Err(failure)
        }
    }
}

fn no_prompt(wanted: &[String]) -> String {
    let wanted: Vec<String> = wanted.iter().map(|p| format!("`{p}`")).collect();
    format!(
        "none of the prompts came: {}; the console's last line shows what the node has instead",
        wanted.join(", ")
    )
}

/// Opens a shell; one that is there is hung up.
pub(crate) async fn open_console(here: &str, node: &mut NodeRun) -> Result<(), Failure> {
    if let Some(old) = node.state.namespace(here).console.take() {
        old.close().await;
    }
    let session = node.state.link(here)?.shell().await?;
    let name = &node.plan.spec.name;
    let log = match &node.state.log {
        Some(log) => Arc::clone(log),
        None => {
            let log = ConsoleLog::create(&node.run.dir, name, &node.run.masker).map_err(|e| {
                Failure::new(
                    Class::Infrastructure,
                    format!("cannot write the console log of {name}: {e}"),
                )
            })?;
            Arc::clone(node.state.log.insert(Arc::new(Mutex::new(log))))
        }
    };
    let file = node.run.dir.console_log(name);
    node.state.namespace(here).console = Some(Console::new(session, log, file));
    Ok(())
}

/// Waits until the shell answers.
pub(crate) async fn expect_shell(here: &str, node: &mut NodeRun) -> Result<(), Failure> {
    let wanted = node.state.namespace(here).prompts.clone();
    let console = node.state.console(here)?;
    let mut patterns = if wanted.is_empty() {
        console
            .type_line(&format!("PS1={}", quote(OWN_PROMPT)))
            .await?;
        own_prompt()
    } else {
        console.type_line("").await?;
        prompts(&wanted)?
    };
    console.expect(&mut patterns).await?;
    Ok(())
}

fn own_prompt() -> Patterns {
    // The echo of the command holds the prompt too, but not at the beginning of a line.
    Patterns::new(&[r"\nlava-test: # "]).expect("a constant pattern compiles")
}

async fn connect(host_id: Option<&str>, here: &str, node: &mut NodeRun) -> Result<Link, Failure> {
    if let Ok(link) = node.state.link(here) {
        if !link.is_closed() {
            return Ok(link);
        }
        let namespace = node.state.namespace(here);
        namespace.console = None;
        namespace.relay = None;
    }
    let target = match &node.plan.spec.host {
        Some(host) => guest_target(host, host_id, node)?,
        None => node
            .run
            .targets
            .get(&node.plan.spec.name)
            .cloned()
            .ok_or_else(|| {
                Failure::new(
                    Class::Configuration,
                    format!("device {} has no address", node.plan.spec.device.name),
                )
            })?,
    };
    let link = Link::open(&target).await?;
    node.state.namespace(here).link = Some(link.clone());
    Ok(link)
}

/// A guest logs in to its host's machine, at the address that the host sent, with the installation's key.
fn guest_target(host: &str, host_id: Option<&str>, node: &NodeRun) -> Result<Target, Failure> {
    let learned = &node.state.learned;
    let address = match host_id {
        Some(id) => learned.get(id),
        None => learned.values().next(),
    };
    let address = address.and_then(|data| data.values().next());
    let address = address.ok_or_else(|| {
        Failure::new(
            Class::Job,
            "the host's address is not known: the guest's deploy block must receive it (`request: lava-wait`), and \
             `hostID` in its boot block must be that messageID",
        )
    })?;
    let target = node
        .run
        .targets
        .get(host)
        .ok_or_else(|| Failure::new(Class::Bug, format!("host {host} has no device")))?;
    if address.trim().is_empty() {
        return Err(Failure::new(
            Class::Job,
            "the host sent an empty address; lava-echo-ipv4 prints nothing for an interface that does not exist",
        ));
    }
    Ok(Target {
        host: address.trim().to_owned(),
        identity: Identity::Key(node.run.guest_key.key.clone()),
        host_key: target.host_key.for_guest(&target.host, target.port),
        ..target.clone()
    })
}

/// Copies the tarball, under both its names: today's, and the one that LAVA's documentation promises.
async fn deliver(link: &Link, here: &str, node: &NodeRun) -> Result<(), Failure> {
    let Some(file) = node.state.overlay(here).and_then(|o| o.file.as_ref()) else {
        return Ok(());
    };
    let root = node.plan.results_dir(here);
    let tarball = quote(&format!("{root}/overlay-{}.tar.gz", file.level));
    let promised = quote(&format!(
        "/{}-overlay-{}.tar.gz",
        node.plan.spec.job_id, file.level
    ));
    let command = format!(
        "mkdir -p {} && umask 077 && cat > {tarball} && {{ ln -f {tarball} {promised} 2>/dev/null || :; }}",
        quote(&root)
    );
    let bytes = overlay::read(file).await?;
    let output = link.run(&command, bytes).await?;
    check(&output, &format!("cannot copy the overlay to {root}"))
}

async fn unpack(here: &str, node: &mut NodeRun) -> Result<(), Failure> {
    let link = node.state.link(here)?;
    let root = node.plan.results_dir(here);
    let Some(overlay) = node.state.overlay(here) else {
        return Ok(());
    };
    let (Some(file), authorize) = (&overlay.file, overlay.authorize) else {
        return Ok(());
    };
    let tarball = quote(&format!("{root}/overlay-{}.tar.gz", file.level));
    let mut command = format!(
        "tar {} -C / -xzf {tarball}",
        node.plan.os_of(here).tar_flags
    );
    if authorize {
        let key = quote(&node.run.guest_key.public);
        // A last line without an end would swallow ours.
        command.push_str(&format!(
            " && mkdir -p -m 700 ~/.ssh && f=~/.ssh/authorized_keys && \
             {{ grep -qxF {key} \"$f\" 2>/dev/null || (umask 077; \
             [ ! -s \"$f\" ] || [ -z \"$(tail -c 1 \"$f\")\" ] || echo >> \"$f\"; echo {key} >> \"$f\"); }}"
        ));
    }
    let output = link.run(&command, Bytes::new()).await?;
    check(&output, &format!("cannot unpack the overlay in {root}"))?;
    start_relay(here, node).await
}

/// Starts the private channel of the helpers, where there is none.
pub(crate) async fn start_relay(here: &str, node: &mut NodeRun) -> Result<(), Failure> {
    if node.state.namespace(here).relay.is_some() {
        return Ok(());
    }
    let link = node.state.link(here)?;
    match Relay::start(&link, &node.plan.results_dir(here)).await {
        Ok(relay) => node.state.namespace(here).relay = Some(relay),
        Err(failure) => node.note(
            NoteLevel::Warning,
            format!("helpers on this node talk through the console only: {failure}"),
        ),
    }
    Ok(())
}

fn check(output: &Output, what: &str) -> Result<(), Failure> {
    if output.status == Some(0) {
        return Ok(());
    }
    let words = printable(&output.stderr, 600);
    let last = words.lines().last().unwrap_or("no reason given").to_owned();
    let remedy = if last.contains("Permission denied") {
        "; log in as root, or set `context: lava_test_results_dir:` to a folder that the user may write"
    } else if last.contains("No space left") {
        "; the node's disk is full"
    } else {
        ""
    };
    Err(Failure::new(Class::Infrastructure, format!("{what}: {last}{remedy}")).with_text(words))
}
