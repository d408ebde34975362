//! Remote forwards of one connection: ports of the node whose connections go to the client as channels.
//!
//! The server process lives in the node's network namespace, so its loopback interface is the node's. As with OpenSSH's
//! `GatewayPorts no`, that is the only one that is listened on, whatever address the client asks for.

use std::{
    collections::HashMap,
    net::{Ipv4Addr, SocketAddr},
    sync::Arc,
};

use russh::server::Handle;
use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    sync::Semaphore,
    task::JoinSet,
};

/// Ports that a client may have at a time.
const PORTS: usize = 16;
/// Connections to a port at a time; more wait to be accepted.
const CONNECTIONS: usize = 1024;

/// The open ports of a client. They are closed when this is dropped, with all connections to them.
#[derive(Default)]
pub(super) struct Forwards(HashMap<u32, JoinSet<()>>);

impl Forwards {
    /// Listens on a port, or with 0 on any; gives the port, or nothing when that cannot be.
    pub(super) async fn open(&mut self, address: &str, port: u32, client: Handle) -> Option<u32> {
        let wanted = u16::try_from(port).ok()?;
        if self.0.len() >= PORTS {
            return None;
        }
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, wanted))
            .await
            .ok()?;
        let port = u32::from(listener.local_addr().ok()?.port());
        let to = Arc::from(address);
        let mut tasks = JoinSet::new();
        tasks.spawn(accept(listener, client, to, port));
        self.0.insert(port, tasks);
        Some(port)
    }

    /// Listens on a port no more; `false` when it did not. Connections to it end too.
    pub(super) fn close(&mut self, port: u32) -> bool {
        self.0.remove(&port).is_some()
    }
}

async fn accept(listener: TcpListener, client: Handle, to: Arc<str>, port: u32) {
    let places = Arc::new(Semaphore::new(CONNECTIONS));
    let mut open = JoinSet::new();
    loop {
        let Ok(place) = Arc::clone(&places).acquire_owned().await else {
            return;
        };
        let (stream, from) = match listener.accept().await {
            Ok(accepted) => accepted,
            // The caller has gone away already.
            Err(error) if error.kind() == std::io::ErrorKind::ConnectionAborted => continue,
            Err(_) => return,
        };
        while open.try_join_next().is_some() {}
        let (client, to) = (client.clone(), Arc::clone(&to));
        open.spawn(async move {
            carry(stream, from, &client, &to, port).await;
            drop(place);
        });
    }
}

/// A connection that breaks, or that the client does not want, is closed: its other end sees it.
async fn carry(mut stream: TcpStream, from: SocketAddr, client: &Handle, to: &str, port: u32) {
    let _ = stream.set_nodelay(true);
    let (ip, from_port) = (from.ip().to_string(), u32::from(from.port()));
    let channel = client.channel_open_forwarded_tcpip(to, port, ip, from_port);
    if let Ok(channel) = channel.await {
        let mut channel = channel.into_stream();
        let _ = copy_bidirectional(&mut stream, &mut channel).await;
    }
}
