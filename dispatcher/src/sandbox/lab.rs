//! The dispatcher's side of the lab: starts it, asks it for nodes and connections, ends it.

use std::{
    collections::HashMap,
    net::{Ipv4Addr, SocketAddr, TcpStream as StdTcpStream},
    os::fd::OwnedFd,
    path::{Path, PathBuf},
    process::Stdio,
};

use russh::keys::ssh_key::{PrivateKey, PublicKey};
use tokio::{
    net::TcpStream,
    process::{Child, Command},
    sync::{mpsc, oneshot, watch},
    task::JoinHandle,
};

use super::{
    SandboxError, advice,
    internal::{LAB, THIS_PROGRAM},
    namespaces::{self, IdMap},
    wire::{self, AsyncWire, Done, FromLab, Request, Shared, ToLab},
};

/// How much a node may write when nobody says otherwise.
const DISK_MIB: u64 = 2048;

/// What a lab needs to start.
#[derive(Debug, Clone)]
pub struct LabConfig {
    /// The public key that opens every node, as a line of OpenSSH's.
    pub authorized_key: String,
    /// The private key that every node's server shows, in OpenSSH's format (PEM).
    pub host_key: String,
    /// The `dispatch` program; `None` is the calling program, which must then call
    /// [`run_internal`](super::run_internal) first of all.
    pub program: Option<PathBuf>,
}

/// What a node is to be.
#[derive(Debug, Clone, Default)]
pub struct NodeSpec {
    /// Its name and host name, unique among the living nodes of a lab.
    pub name: String,
    /// How much it may write, in MiB; 2048 if `None`. It is memory, taken as it is used.
    pub disk_mib: Option<u64>,
    /// The directory to show as its root file system; the machine's own if `None`.
    pub root: Option<PathBuf>,
}

/// A node that runs.
#[derive(Debug, Clone)]
pub struct NodeHandle {
    /// Its name.
    pub name: String,
    /// Where its SSH server listens (port 22), for [`Lab::dial`].
    pub address: Ipv4Addr,
    /// Parts of the machine that the node does not show, one sentence each.
    pub left_out: Vec<String>,
    ended: watch::Receiver<bool>,
}

impl NodeHandle {
    /// Returns when the node has ended, by itself, by [`Lab::remove_node`] or with its lab.
    pub async fn ended(&mut self) {
        // An error means that the lab itself is gone.
        let _ = self.ended.wait_for(|ended| *ended).await;
    }
}

/// A lab that runs. Dropping it ends all nodes; [`Lab::stop`] also waits until they are gone.
#[derive(Debug)]
pub struct Lab {
    requests: mpsc::Sender<Asked>,
    task: JoinHandle<()>,
}

#[derive(Debug)]
struct Asked {
    request: Request,
    answer: oneshot::Sender<Answer>,
}

/// What the lab said, with what came along or was made for it here.
#[derive(Debug)]
struct Answer {
    result: Result<Done, String>,
    fd: Option<OwnedFd>,
    ended: watch::Receiver<bool>,
}

impl Lab {
    /// Starts a lab without nodes.
    pub async fn start(config: LabConfig) -> Result<Self, SandboxError> {
        check_keys(&config)?;
        let program = config.program.unwrap_or_else(|| THIS_PROGRAM.into());
        let failed = |source| SandboxError::Program {
            program: program.clone(),
            source,
        };
        let (ours, theirs) = wire::pair().map_err(failed)?;
        let control = AsyncWire::new(ours).map_err(failed)?;
        // What is in the environment of the dispatcher is no business of programs in a node.
        let process = Command::new(&program)
            .arg(LAB)
            .env_clear()
            .stdin(Stdio::from(theirs))
            .stdout(Stdio::null())
            .spawn()
            .map_err(failed)?;
        let mut shared = Shared {
            foreign_root: false,
            authorized_key: config.authorized_key,
            host_key: config.host_key,
            homes: homes(),
        };
        loop {
            match receive(&control).await? {
                FromLab::Unshared => {
                    let pid = process.id().ok_or_else(ended)?;
                    // Helper programs may run for this.
                    let ids = tokio::task::spawn_blocking(move || namespaces::write_id_maps(pid))
                        .await
                        .map_err(|e| SandboxError::Ended(e.to_string()))?
                        .map_err(|e| {
                            advice::forbidden(format!("no ids for a user namespace ({e})"))
                        })?;
                    shared.foreign_root = ids != IdMap::All;
                    for message in [ToLab::Mapped, ToLab::Setup(shared.clone())] {
                        control.send(&message, None).await.map_err(|_| ended())?;
                    }
                }
                FromLab::Up => break,
                FromLab::Failed { reason } => return Err(advice::forbidden(reason)),
                FromLab::Reply { .. } | FromLab::NodeEnded { .. } => {}
            }
        }
        let (requests, asked) = mpsc::channel(16);
        let task = tokio::spawn(run(control, process, asked));
        Ok(Self { requests, task })
    }

    /// Starts a node; returns when its SSH server listens.
    pub async fn add_node(&self, spec: NodeSpec) -> Result<NodeHandle, SandboxError> {
        if !is_host_name(&spec.name) {
            return Err(SandboxError::Name(spec.name));
        }
        let request = Request::AddNode {
            name: spec.name.clone(),
            disk_mib: spec.disk_mib.unwrap_or(DISK_MIB),
            root: spec.root,
        };
        let answer = self.ask(request).await?;
        match answer.result {
            Ok(Done::Node { address, left_out }) => Ok(NodeHandle {
                name: spec.name,
                address,
                left_out,
                ended: answer.ended,
            }),
            Ok(Done::Removed | Done::Dialled) => Err(ended()),
            Err(reason) => Err(SandboxError::Node {
                node: spec.name,
                reason,
            }),
        }
    }

    /// Kills a node, whatever it is doing; returns when it is gone.
    pub async fn remove_node(&self, name: &str) -> Result<(), SandboxError> {
        let name = name.to_owned();
        let answer = self.ask(Request::RemoveNode { name }).await?;
        answer.result.map(drop).map_err(SandboxError::Refused)
    }

    /// Connects to an address of the lab's network.
    pub async fn dial(&self, address: SocketAddr) -> Result<TcpStream, SandboxError> {
        let answer = self.ask(Request::Dial { address }).await?;
        let failed = |reason| SandboxError::Dial { address, reason };
        answer.result.map_err(failed)?;
        let fd = answer.fd.ok_or_else(ended)?;
        let stream = StdTcpStream::from(fd);
        stream
            .set_nonblocking(true)
            .and_then(|()| TcpStream::from_std(stream))
            .map_err(|e| failed(e.to_string()))
    }

    /// Ends all nodes; returns when every process of the lab is gone.
    pub async fn stop(self) -> Result<(), SandboxError> {
        drop(self.requests);
        self.task
            .await
            .map_err(|e| SandboxError::Ended(e.to_string()))
    }

    async fn ask(&self, request: Request) -> Result<Answer, SandboxError> {
        let (answer, answered) = oneshot::channel();
        self.requests
            .send(Asked { request, answer })
            .await
            .map_err(|_| ended())?;
        answered.await.map_err(|_| ended())
    }
}

/// Carries requests and answers until the lab or its handle is gone.
async fn run(control: AsyncWire, mut process: Child, mut asked: mpsc::Receiver<Asked>) {
    let mut waiting = HashMap::new();
    let mut nodes: HashMap<String, watch::Sender<bool>> = HashMap::new();
    let mut last_id = 0;
    loop {
        tokio::select! {
            next = asked.recv() => {
                let Some(Asked { request, answer }) = next else { break };
                last_id += 1;
                let id = last_id;
                let name = match &request {
                    Request::AddNode { name, .. } => Some(name.clone()),
                    _ => None,
                };
                if control.send(&ToLab::Request { id, request }, None).await.is_err() {
                    break;
                }
                waiting.insert(id, (name, answer));
            }
            message = control.receive::<FromLab>() => match message {
                Ok(Some((FromLab::Reply { id, result }, fd))) => {
                    let Some((name, answer)) = waiting.remove(&id) else { continue };
                    let (sender, ended) = watch::channel(false);
                    if let (Some(name), Ok(Done::Node { .. })) = (name, &result) {
                        nodes.insert(name, sender);
                    }
                    // Whoever asked may have lost interest.
                    let _ = answer.send(Answer { result, fd, ended });
                }
                Ok(Some((FromLab::NodeEnded { name }, _))) => {
                    if let Some(node) = nodes.remove(&name) {
                        node.send_replace(true);
                    }
                }
                Ok(Some((FromLab::Unshared | FromLab::Up | FromLab::Failed { .. }, _))) => {}
                Ok(None) | Err(_) => break,
            }
        }
    }
    drop(control);
    // The outermost process ends after all others.
    let _ = process.wait().await;
}

async fn receive(control: &AsyncWire) -> Result<FromLab, SandboxError> {
    match control.receive().await {
        Ok(Some((message, _))) => Ok(message),
        Ok(None) => Err(ended()),
        Err(error) => Err(SandboxError::Ended(error.to_string())),
    }
}

fn ended() -> SandboxError {
    SandboxError::Ended("its process is gone; see its words on standard error, if any".into())
}

fn check_keys(config: &LabConfig) -> Result<(), SandboxError> {
    let bad = |what: &'static str| {
        move |e: russh::keys::ssh_key::Error| SandboxError::Key {
            what,
            reason: e.to_string(),
        }
    };
    PublicKey::from_openssh(&config.authorized_key).map_err(bad("public key"))?;
    PrivateKey::from_openssh(&config.host_key).map_err(bad("host key"))?;
    Ok(())
}

fn is_host_name(name: &str) -> bool {
    (1..=63).contains(&name.len())
        && !name.starts_with('-')
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

/// The person's home directories, by the environment and by the system.
fn homes() -> Vec<PathBuf> {
    let mut homes: Vec<_> = [std::env::var("HOME").ok(), namespaces::system_home()]
        .into_iter()
        .flatten()
        .filter_map(|home| Path::new(&home).canonicalize().ok())
        .collect();
    homes.dedup();
    homes
}
