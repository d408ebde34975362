//! The lab's own processes: the one that makes its namespaces, and its pid 1, which serves the dispatcher.
//!
//! When the control socket ends, pid 1 ends, and with it everything.

use std::{
    collections::HashMap,
    io,
    net::Ipv4Addr,
    os::fd::{AsFd, OwnedFd},
    path::PathBuf,
    process::{Command, Stdio},
    sync::{
        Arc, Mutex,
        atomic::{AtomicU32, Ordering},
    },
};

use rustix::{
    process::{Signal, pidfd_send_signal, set_parent_process_death_signal, setsid},
    thread::UnshareFlags,
};
use tokio::{
    net::TcpStream,
    process::{Child, Command as AsyncCommand},
    sync::mpsc,
};

use super::{
    internal::{LAB_INIT, NODE, THIS_PROGRAM, block_on},
    namespaces,
    net::{self, Bridge},
    wire::{
        self, AsyncWire, Done, FromLab, FromNode, NodeSetup, Request, Shared, ToLab, ToNode, Wire,
    },
};

/// The process that makes the lab's namespaces. It has no thread beside its first one.
pub(super) fn run_outer() -> io::Result<()> {
    // Ctrl-C at the terminal is the dispatcher's to hear: it ends the lab when it has cleaned up.
    setsid()?;
    let dispatcher = Wire::from_stdin()?;
    let started = (|| {
        namespaces::unshare(UnshareFlags::NEWUSER)?;
        dispatcher.send(&FromLab::Unshared, None)?;
        if dispatcher.receive::<ToLab>()?.is_none() {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        namespaces::unshare(UnshareFlags::NEWNS | UnshareFlags::NEWNET | UnshareFlags::NEWPID)?;
        Command::new(THIS_PROGRAM).arg(LAB_INIT).spawn()
    })();
    match started {
        Ok(mut init) => init.wait().map(drop),
        Err(error) => {
            let reason = format!("no user, mount, network and process namespaces ({error})");
            dispatcher.send(&FromLab::Failed { reason }, None)
        }
    }
}

/// The lab's pid 1.
pub(super) fn run() -> io::Result<()> {
    set_parent_process_death_signal(Some(Signal::KILL))?;
    let fd = Wire::from_stdin()?.into_fd();
    block_on(async {
        let dispatcher = AsyncWire::new(fd)?;
        let Some((ToLab::Setup(shared), _)) = dispatcher.receive().await? else {
            return Err(io::ErrorKind::UnexpectedEof.into());
        };
        match Bridge::create().await {
            Ok(bridge) => serve(dispatcher, bridge, shared).await,
            Err(error) => {
                let reason = error.to_string();
                dispatcher.send(&FromLab::Failed { reason }, None).await
            }
        }
    })
}

struct LabInit {
    dispatcher: AsyncWire,
    bridge: Bridge,
    shared: Shared,
    /// Nodes ever made.
    count: AtomicU32,
    /// Living nodes: how to ask for the end of each, with the id of the request to answer.
    nodes: Mutex<HashMap<String, mpsc::Sender<u64>>>,
}

async fn serve(dispatcher: AsyncWire, bridge: Bridge, shared: Shared) -> io::Result<()> {
    let lab = Arc::new(LabInit {
        dispatcher,
        bridge,
        shared,
        count: AtomicU32::new(0),
        nodes: Mutex::default(),
    });
    lab.dispatcher.send(&FromLab::Up, None).await?;
    while let Some((message, _)) = lab.dispatcher.receive().await? {
        if let ToLab::Request { id, request } = message {
            let lab = Arc::clone(&lab);
            // The dispatcher that cannot be answered is gone, and so is the lab in the next moment.
            tokio::spawn(async move { lab.handle(id, request).await });
        }
    }
    Ok(())
}

/// A node that runs.
struct Node {
    number: u32,
    address: Ipv4Addr,
    left_out: Vec<String>,
    /// Its outermost process.
    outer: Child,
    /// Its pid 1.
    init: OwnedFd,
    /// Closing it ends the node's server, so it stays open as long as the node is wanted.
    _socket: AsyncWire,
}

impl LabInit {
    async fn handle(&self, id: u64, request: Request) -> io::Result<()> {
        match request {
            Request::AddNode {
                name,
                disk_mib,
                root,
            } => {
                let (stop, stopped) = mpsc::channel(1);
                let taken = {
                    let mut nodes = self.nodes.lock().expect("no holder of the lock can panic");
                    let taken = nodes.contains_key(&name);
                    nodes.entry(name.clone()).or_insert(stop);
                    taken
                };
                if taken {
                    return self
                        .reply(id, Err(format!("a node named '{name}' runs already")), None)
                        .await;
                }
                let started = self.start(&name, disk_mib, root).await;
                match started {
                    Ok(node) => self.watch(id, name, node, stopped).await,
                    Err(reason) => {
                        self.forget(&name);
                        self.reply(id, Err(reason), None).await
                    }
                }
            }
            Request::RemoveNode { name } => {
                let stop = self
                    .nodes
                    .lock()
                    .expect("no holder of the lock can panic")
                    .get(&name)
                    .cloned();
                let asked = match stop {
                    Some(stop) => stop.send(id).await.is_ok(),
                    None => false,
                };
                if asked {
                    // The node's own task answers when the node is gone.
                    return Ok(());
                }
                self.reply(id, Err(format!("no node named '{name}' runs")), None)
                    .await
            }
            Request::Dial { address } => {
                let connected = async {
                    let stream = TcpStream::connect(address).await?;
                    stream.set_nodelay(true)?;
                    stream.into_std()
                };
                match connected.await {
                    Ok(stream) => self.reply(id, Ok(Done::Dialled), Some(&stream)).await,
                    Err(error) => self.reply(id, Err(error.to_string()), None).await,
                }
            }
        }
    }

    async fn start(
        &self,
        name: &str,
        disk_mib: u64,
        root: Option<PathBuf>,
    ) -> Result<Node, String> {
        let number = self.count.fetch_add(1, Ordering::Relaxed) + 1;
        let address = net::address(number).map_err(|e| e.to_string())?;
        let (ours, theirs) = wire::pair().map_err(|e| e.to_string())?;
        let socket = AsyncWire::new(ours).map_err(|e| e.to_string())?;
        let mut outer = AsyncCommand::new(THIS_PROGRAM)
            .arg(NODE)
            .stdin(Stdio::from(theirs))
            .kill_on_drop(true)
            .spawn()
            .map_err(|e| format!("cannot start its process: {e}"))?;
        let setup = NodeSetup {
            name: name.to_owned(),
            address,
            disk_mib,
            root,
            shared: self.shared.clone(),
        };
        let begun = self.begin(&mut outer, &socket, number, setup).await;
        match begun {
            Ok((init, left_out)) => Ok(Node {
                number,
                address,
                left_out,
                outer,
                init,
                _socket: socket,
            }),
            Err(reason) => {
                // Its end of the socket says to the node that nobody wants it any more.
                drop(socket);
                let _ = outer.wait().await;
                self.bridge.detach(number).await;
                Err(reason)
            }
        }
    }

    /// From the first process to an SSH server that listens.
    async fn begin(
        &self,
        outer: &mut Child,
        socket: &AsyncWire,
        number: u32,
        setup: NodeSetup,
    ) -> Result<(OwnedFd, Vec<String>), String> {
        // A node that cannot be told has ended; what it said before, or that it said nothing, is read below.
        let _ = socket.send(&ToNode::Setup(setup), None).await;
        // Two processes write to the socket, so these two come in any order.
        let (mut init, mut heard) = (None, None);
        loop {
            match (init, heard) {
                (Some(init), Some(left_out)) => return Ok((init, left_out)),
                not_yet => (init, heard) = not_yet,
            }
            let message = socket
                .receive()
                .await
                .map_err(|e| format!("its answer cannot be read: {e}"))?;
            match message {
                Some((FromNode::Unshared, _)) => {
                    let pid = outer.id().ok_or("its process ended while it was set up")?;
                    self.bridge
                        .attach(number, pid)
                        .await
                        .map_err(|e| e.to_string())?;
                    let _ = socket.send(&ToNode::Attached, None).await;
                }
                Some((FromNode::Born, process)) => init = process,
                Some((FromNode::Failed { reason }, _)) => return Err(reason),
                Some((FromNode::Listening { left_out }, _)) => heard = Some(left_out),
                None => return Err("its processes ended without a word".into()),
            }
        }
    }

    /// Reports that a node is up, then waits for its end, by itself or by request.
    async fn watch(
        &self,
        id: u64,
        name: String,
        mut node: Node,
        mut stopped: mpsc::Receiver<u64>,
    ) -> io::Result<()> {
        let done = Done::Node {
            address: node.address,
            left_out: std::mem::take(&mut node.left_out),
        };
        self.reply(id, Ok(done), None).await?;
        let mut request = None;
        tokio::select! {
            _ = node.outer.wait() => {}
            asked = stopped.recv() => {
                request = asked;
                // Only fails when the process has ended already.
                let _ = pidfd_send_signal(&node.init, Signal::KILL);
                let _ = node.outer.wait().await;
            }
        }
        self.bridge.detach(node.number).await;
        self.forget(&name);
        self.dispatcher
            .send(&FromLab::NodeEnded { name }, None)
            .await?;
        // Requests that came while it went.
        stopped.close();
        while let Some(id) = request.take().or(stopped.recv().await) {
            self.reply(id, Ok(Done::Removed), None).await?;
        }
        Ok(())
    }

    fn forget(&self, name: &str) {
        self.nodes
            .lock()
            .expect("no holder of the lock can panic")
            .remove(name);
    }

    async fn reply(
        &self,
        id: u64,
        result: Result<Done, String>,
        fd: Option<&(dyn AsFd + Sync)>,
    ) -> io::Result<()> {
        self.dispatcher
            .send(&FromLab::Reply { id, result }, fd.map(AsFd::as_fd))
            .await
    }
}
