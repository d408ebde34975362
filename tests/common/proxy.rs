//! A TCP forwarder in front of a node that loses its temper: it cuts, or falls silent, after so many bytes.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use crate::nodes::{Farm, Node};

/// What the proxy does to each connection, counted in bytes that the client sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mood {
    /// Forwards everything.
    Fair,
    /// Closes both sides once the client has sent so many bytes.
    CutAfter(u64),
    /// Forwards nothing more in either direction, and closes nothing.
    SilentAfter(u64),
}

/// A forwarder on loopback inside a farm, gone when dropped.
#[derive(Debug)]
pub struct FlakyProxy {
    address: SocketAddr,
    listener: TcpListener,
    shared: Arc<Shared>,
    door: Option<JoinHandle<()>>,
}

#[derive(Debug)]
struct Shared {
    mood: Mood,
    from_client: AtomicU64,
    // Kept so that a silent connection stays open, and so that all can be closed at the end.
    open: Mutex<Vec<TcpStream>>,
}

impl FlakyProxy {
    /// Starts one in front of a node.
    ///
    /// # Panics
    /// When the farm is gone.
    #[must_use]
    pub fn start(farm: &Farm, node: &Node, mood: Mood) -> Self {
        let listener = farm.listen();
        let address = listener.local_addr().expect("it is bound");
        let shared = Arc::new(Shared {
            mood,
            from_client: AtomicU64::new(0),
            open: Mutex::new(Vec::new()),
        });
        let accept = listener.try_clone().expect("a descriptor is free");
        let (back, to) = (Arc::clone(&shared), node.ssh());
        let enter = farm.door();
        let door = std::thread::spawn(move || {
            enter();
            for client in accept.incoming() {
                // The listener was shut down.
                let Ok(client) = client else { break };
                if let Ok(server) = TcpStream::connect(to) {
                    forward(client, server, &back);
                }
            }
        });
        Self {
            address,
            listener,
            shared,
            door: Some(door),
        }
    }

    /// Where it listens, inside the farm.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// How many bytes clients have sent, over all connections.
    #[must_use]
    pub fn from_client(&self) -> u64 {
        self.shared.from_client.load(Ordering::Relaxed)
    }
}

impl Drop for FlakyProxy {
    fn drop(&mut self) {
        // Wakes the door's accept.
        let _ = rustix::net::shutdown(&self.listener, rustix::net::Shutdown::Both);
        for stream in self.shared.open.lock().expect("no holder panics").iter() {
            let _ = stream.shutdown(Shutdown::Both);
        }
        if let Some(door) = self.door.take() {
            let _ = door.join();
        }
    }
}

fn forward(client: TcpStream, server: TcpStream, shared: &Arc<Shared>) {
    let copy = |stream: &TcpStream| stream.try_clone().expect("a descriptor is free");
    let mut open = shared.open.lock().expect("no holder panics");
    open.push(copy(&client));
    open.push(copy(&server));
    drop(open);
    let silent = Arc::new(AtomicU64::new(0));

    let (mut from, mut to) = (copy(&client), copy(&server));
    let (back, hush) = (Arc::clone(shared), Arc::clone(&silent));
    std::thread::spawn(move || {
        let mut sent = 0;
        pump(&mut from, &mut to, |bytes| {
            sent += bytes;
            back.from_client.fetch_add(bytes, Ordering::Relaxed);
            match back.mood {
                Mood::CutAfter(limit) if sent > limit => Next::Cut,
                Mood::SilentAfter(limit) if sent > limit => {
                    hush.store(1, Ordering::Relaxed);
                    Next::Hold
                }
                _ => Next::Pass,
            }
        });
    });
    let (mut from, mut to) = (server, client);
    std::thread::spawn(move || {
        pump(&mut from, &mut to, |_| {
            match silent.load(Ordering::Relaxed) {
                0 => Next::Pass,
                _ => Next::Hold,
            }
        });
    });
}

/// What to do with the bytes just read.
enum Next {
    Pass,
    Hold,
    Cut,
}

fn pump(from: &mut TcpStream, to: &mut TcpStream, mut judge: impl FnMut(u64) -> Next) {
    let mut buffer = [0; 4096];
    while let Ok(count @ 1..) = from.read(&mut buffer) {
        match judge(count as u64) {
            Next::Pass if to.write_all(&buffer[..count]).is_ok() => {}
            Next::Hold => {}
            Next::Pass | Next::Cut => break,
        }
    }
    let _ = from.shutdown(Shutdown::Both);
    let _ = to.shutdown(Shutdown::Both);
}
