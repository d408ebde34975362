//! Ports on a node that end here: SSH remote forwards.
//!
//! In: connections that programs on the node make to 127.0.0.1. Out: a stream each. Nothing listens on the
//! dispatcher's own machine.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, Weak};

use russh::client::Msg;
use russh::{Channel, ChannelStream};
use tokio::sync::mpsc;
use tokio_util::sync::{CancellationToken, DropGuard};

use super::ssh::Link;
use crate::failure::{Class, Failure};

/// The only interface of a node that is listened on.
const LOOPBACK: &str = "127.0.0.1";

/// Connections that nobody has accepted yet; more are refused.
const WAITING: usize = 64;

/// A port of the node. Dropped, it is closed; streams that are open stay so.
pub struct RemoteForward {
    port: u16,
    streams: mpsc::Receiver<Channel<Msg>>,
    _open: DropGuard,
}

impl RemoteForward {
    /// The port, on 127.0.0.1 of the node.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The next connection; `None` when the SSH connection is gone.
    pub async fn accept(&mut self) -> Option<ChannelStream<Msg>> {
        self.streams.recv().await.map(Channel::into_stream)
    }
}

/// The forwards of one SSH connection, by port.
#[derive(Clone, Default)]
pub(super) struct Forwards(Arc<Mutex<HashMap<u32, mpsc::Sender<Channel<Msg>>>>>);

impl Forwards {
    /// A place for a new connection to the port; none when nobody wants it. Never waits: the whole SSH connection
    /// would wait with it.
    pub(super) fn place(&self, port: u32) -> Option<mpsc::OwnedPermit<Channel<Msg>>> {
        let queue = self.with(|ports| ports.get(&port).cloned())?;
        queue.try_reserve_owned().ok()
    }

    /// The same, not keeping the connection's queues open.
    pub(super) fn weak(&self) -> WeakForwards {
        WeakForwards(Arc::downgrade(&self.0))
    }

    fn with<T>(&self, f: impl FnOnce(&mut HashMap<u32, mpsc::Sender<Channel<Msg>>>) -> T) -> T {
        f(&mut self
            .0
            .lock()
            .expect("nobody panics with the forwards locked"))
    }
}

/// What a [`Link`] keeps: when the connection itself is gone, its queues end.
#[derive(Clone)]
pub(super) struct WeakForwards(Weak<Mutex<HashMap<u32, mpsc::Sender<Channel<Msg>>>>>);

impl WeakForwards {
    fn get(&self) -> Option<Forwards> {
        self.0.upgrade().map(Forwards)
    }
}

impl Link {
    /// Opens a port on the node's 127.0.0.1, chosen by the node.
    ///
    /// # Errors
    /// Infrastructure when the server does not allow it, or is gone.
    pub async fn forward_from_node(&self) -> Result<RemoteForward, Failure> {
        let bound = self.handle().tcpip_forward(LOOPBACK, 0).await;
        let bound = bound.map_err(|e| match e {
            russh::Error::RequestDenied => Failure::new(
                Class::Infrastructure,
                format!(
                    "the SSH server at {} forwards no port to dispatch; LKP's cluster jobs need it: set \
                     `AllowTcpForwarding yes` (or `remote`) and no `DisableForwarding` in its sshd_config, and no \
                     `restrict` or `no-port-forwarding` before the key in authorized_keys",
                    self.host()
                ),
            ),
            e => self.lost(e),
        })?;
        let port = u16::try_from(bound)
            .map_err(|_| self.lost(format!("it says that it listens on port {bound}")))?;
        let forwards = self
            .forwards()
            .get()
            .ok_or_else(|| self.lost("it closed while a port was opened"))?;
        let (queue, streams) = mpsc::channel(WAITING);
        forwards.with(|ports| ports.insert(bound, queue));
        let open = CancellationToken::new();
        tokio::spawn(close_later(open.clone(), self.clone(), bound));
        Ok(RemoteForward {
            port,
            streams,
            _open: open.drop_guard(),
        })
    }
}

async fn close_later(open: CancellationToken, link: Link, port: u32) {
    open.cancelled().await;
    if let Some(forwards) = link.forwards().get() {
        forwards.with(|ports| ports.remove(&port));
        // A connection that is gone has no forwards.
        let _ = link.handle().cancel_tcpip_forward(LOOPBACK, port).await;
    }
}
