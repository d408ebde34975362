//! A node's way to the cluster: a port on its loopback interface that ends here.

use std::sync::Arc;

use tokio::task::JoinSet;

use super::exchange::Seat;
use super::http;
use super::hub::Hub;
use super::part::Part;
use crate::failure::{Class, Failure};
use crate::transport::forward::RemoteForward;
use crate::transport::ssh::Link;

/// Requests of a node at a time. Each of its containers makes one at a time; a waiting one lasts.
const CONNECTIONS: usize = 512;

/// Answers the requests of one member, until it is dropped; then the member takes part in nothing any more.
pub struct Endpoint {
    hub: Arc<Hub>,
    seat: Seat,
    port: u16,
    /// One task, which ends with this.
    _server: JoinSet<()>,
}

impl Endpoint {
    /// Opens a port on the node.
    ///
    /// # Errors
    /// Infrastructure when the node's SSH server forwards no ports; a bug when the cluster has no such member.
    pub async fn open(link: &Link, hub: Arc<Hub>, member: &str) -> Result<Self, Failure> {
        let seat = hub.seat(member).ok_or_else(|| {
            let words = format!("{member} is no member of the LKP cluster {}", hub.name());
            Failure::new(Class::Bug, words)
        })?;
        let forward = link.forward_from_node().await?;
        let port = forward.port();
        let mut server = JoinSet::new();
        server.spawn(serve(forward, Arc::clone(&hub), seat));
        Ok(Self {
            port,
            _server: server,
            hub,
            seat,
        })
    }

    /// The port, on 127.0.0.1 of the node.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// From now on the node's requests are about this case, until the [`Part`] ends. A case that is begun again is a
    /// new one. All members must begin the same cases in the same order.
    ///
    /// `tests`: how many test programs LKP runs on a client in it.
    pub fn begin_case(&self, case: &str, tests: usize) -> Part {
        self.hub.begin(self.seat, case, tests)
    }

    /// Closes the port and tells those who still count on this member why: `had run all its cases`.
    pub fn close(self, why: &str) {
        self.hub.leave_seat(self.seat, why);
    }
}

impl Drop for Endpoint {
    fn drop(&mut self) {
        self.hub.leave_seat(self.seat, "its LKP tests were stopped");
    }
}

async fn serve(mut forward: RemoteForward, hub: Arc<Hub>, seat: Seat) {
    let mut open = JoinSet::new();
    loop {
        tokio::select! {
            stream = forward.accept(), if open.len() < CONNECTIONS => match stream {
                Some(stream) => {
                    let hub = Arc::clone(&hub);
                    open.spawn(async move { http::serve(stream, &hub, seat).await });
                }
                // The SSH connection is gone, and with it everybody who waits on it.
                None => return,
            },
            Some(_) = open.join_next() => {}
        }
    }
}
