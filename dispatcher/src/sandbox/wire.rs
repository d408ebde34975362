//! Messages between the dispatcher, the lab and its nodes: one JSON value per packet of a `SOCK_SEQPACKET` pair, with
//! at most one file descriptor beside it.
//!
//! Both ends are this program in the same version, so a message that cannot be read is a broken invariant and is
//! reported as an I/O error. The end of the peer, however it came, is `None`.

use std::{
    io::{self, IoSlice, IoSliceMut},
    mem::MaybeUninit,
    net::{Ipv4Addr, SocketAddr},
    os::{
        fd::{AsFd, BorrowedFd, OwnedFd},
        unix::net::UnixDatagram as StdUnixDatagram,
    },
    path::PathBuf,
};

use rustix::{
    io::Errno,
    net::{
        AddressFamily, RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendAncillaryBuffer,
        SendAncillaryMessage, SendFlags, SocketFlags, SocketType,
    },
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use tokio::{io::Interest, net::UnixDatagram};

/// Larger than any message: keys and paths are small.
const LARGEST: usize = 64 * 1024;

/// From the dispatcher to the lab.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum ToLab {
    /// The lab's user namespace has its id maps.
    Mapped,
    /// What all nodes share.
    Setup(Shared),
    Request {
        id: u64,
        request: Request,
    },
}

/// What all nodes of a lab share.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Shared {
    /// The real root does not exist in the lab's user namespace: its files belong to `nobody` and cannot be changed.
    pub(super) foreign_root: bool,
    /// OpenSSH public key line that opens every node.
    pub(super) authorized_key: String,
    /// OpenSSH private key that every node's server shows.
    pub(super) host_key: String,
    /// Home directories of the person, which no node may see.
    pub(super) homes: Vec<PathBuf>,
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Request {
    AddNode {
        name: String,
        disk_mib: u64,
        root: Option<PathBuf>,
    },
    RemoveNode {
        name: String,
    },
    Dial {
        address: SocketAddr,
    },
}

/// From the lab to the dispatcher.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum FromLab {
    /// The user namespace exists and wants its id maps.
    Unshared,
    /// Requests are welcome.
    Up,
    /// There will be no lab.
    Failed {
        reason: String,
    },
    Reply {
        id: u64,
        result: Result<Done, String>,
    },
    NodeEnded {
        name: String,
    },
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Done {
    Node {
        address: Ipv4Addr,
        left_out: Vec<String>,
    },
    Removed,
    /// The descriptor of the connection comes with the packet.
    Dialled,
}

/// From the lab to a node.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum ToNode {
    /// For the node's pid 1.
    Setup(NodeSetup),
    /// For the SSH server: `eth0` exists in the node's namespace.
    Attached,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct NodeSetup {
    pub(super) name: String,
    pub(super) address: Ipv4Addr,
    pub(super) disk_mib: u64,
    pub(super) root: Option<PathBuf>,
    pub(super) shared: Shared,
}

/// From a node to the lab.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum FromNode {
    /// Its namespaces exist: `eth0` can be put into them.
    Unshared,
    /// Its pid 1 runs; the descriptor beside this is the process.
    Born,
    Failed {
        reason: String,
    },
    /// Connections are welcome.
    Listening {
        left_out: Vec<String>,
    },
}

/// From a node's server to its pid 1: it needs nothing more of the machine's own file system.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct ServerLoaded;

/// From a node's pid 1 to its server, when the root file system is the node's own; the node's socket comes with it.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct ServerSetup {
    pub(super) node: NodeSetup,
    pub(super) left_out: Vec<String>,
}

/// A connected pair; neither end leaks into programs that are started.
pub(super) fn pair() -> io::Result<(OwnedFd, OwnedFd)> {
    Ok(rustix::net::socketpair(
        AddressFamily::UNIX,
        SocketType::SEQPACKET,
        SocketFlags::CLOEXEC,
        None,
    )?)
}

/// An end used by a process without a runtime.
pub(super) struct Wire(OwnedFd);

impl Wire {
    /// The end that the parent handed over as standard input.
    pub(super) fn from_stdin() -> io::Result<Self> {
        Ok(Self(io::stdin().as_fd().try_clone_to_owned()?))
    }

    pub(super) fn new(fd: OwnedFd) -> Self {
        Self(fd)
    }

    pub(super) fn send<M: Serialize>(
        &self,
        message: &M,
        fd: Option<BorrowedFd<'_>>,
    ) -> io::Result<()> {
        send(self.0.as_fd(), &serde_json::to_vec(message)?, fd)
    }

    pub(super) fn receive<M: DeserializeOwned>(&self) -> io::Result<Option<(M, Option<OwnedFd>)>> {
        receive(self.0.as_fd())
    }

    pub(super) fn into_fd(self) -> OwnedFd {
        self.0
    }
}

/// An end used by a process with a runtime.
pub(super) struct AsyncWire(UnixDatagram);

impl AsyncWire {
    pub(super) fn new(fd: OwnedFd) -> io::Result<Self> {
        // The standard library's type is a descriptor with a name; every call below is made for sequenced packets.
        let socket = StdUnixDatagram::from(fd);
        socket.set_nonblocking(true)?;
        Ok(Self(UnixDatagram::from_std(socket)?))
    }

    pub(super) async fn send<M: Serialize>(
        &self,
        message: &M,
        fd: Option<BorrowedFd<'_>>,
    ) -> io::Result<()> {
        let bytes = serde_json::to_vec(message)?;
        self.0
            .async_io(Interest::WRITABLE, || send(self.0.as_fd(), &bytes, fd))
            .await
    }

    pub(super) async fn receive<M: DeserializeOwned>(
        &self,
    ) -> io::Result<Option<(M, Option<OwnedFd>)>> {
        self.0
            .async_io(Interest::READABLE, || receive(self.0.as_fd()))
            .await
    }
}

fn send(socket: BorrowedFd<'_>, bytes: &[u8], fd: Option<BorrowedFd<'_>>) -> io::Result<()> {
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut beside = SendAncillaryBuffer::new(&mut space);
    let fds = fd.as_slice();
    if !fds.is_empty() {
        let fits = beside.push(SendAncillaryMessage::ScmRights(fds));
        debug_assert!(fits, "the space is for one descriptor");
    }
    rustix::net::sendmsg(
        socket,
        &[IoSlice::new(bytes)],
        &mut beside,
        SendFlags::NOSIGNAL,
    )?;
    Ok(())
}

fn receive<M: DeserializeOwned>(
    socket: BorrowedFd<'_>,
) -> io::Result<Option<(M, Option<OwnedFd>)>> {
    let mut buffer = vec![0; LARGEST];
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut beside = RecvAncillaryBuffer::new(&mut space);
    let received = loop {
        let mut slices = [IoSliceMut::new(&mut buffer)];
        match rustix::net::recvmsg(socket, &mut slices, &mut beside, RecvFlags::CMSG_CLOEXEC) {
            // The peer has closed without reading all: said once, and ahead of what the peer itself had sent before.
            Err(Errno::INTR | Errno::CONNRESET) => {}
            other => break other?,
        }
    };
    let fd = beside.drain().find_map(|message| match message {
        RecvAncillaryMessage::ScmRights(mut fds) => fds.next(),
        _ => None,
    });
    if received.bytes == 0 {
        return Ok(None);
    }
    Ok(Some((
        serde_json::from_slice(&buffer[..received.bytes])?,
        fd,
    )))
}
