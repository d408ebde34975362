//! Ids of runs, claimed on this machine: dispatchers with state folders of their own may test one machine at once, and folders
//! there are named after the id.
//!
//! In: an id. Out: whether it is ours.

use std::io::ErrorKind;
use std::os::linux::net::SocketAddrExt as _;
use std::os::unix::net::{SocketAddr, UnixDatagram};
use std::sync::{Mutex, PoisonError};

/// What this process has claimed, until it ends: sockets, whose names the kernel gives to one only and takes back by itself.
static OURS: Mutex<Vec<UnixDatagram>> = Mutex::new(Vec::new());

/// Claims an id; `false`: it is somebody's. Where sockets cannot have such names, nothing is known of others.
pub(super) fn take(id: &str) -> bool {
    let name = format!("dispatch-run-{id}");
    let bound = SocketAddr::from_abstract_name(name).and_then(|at| UnixDatagram::bind_addr(&at));
    match bound {
        Ok(socket) => {
            OURS.lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push(socket);
            true
        }
        Err(error) => error.kind() != ErrorKind::AddrInUse,
    }
}
