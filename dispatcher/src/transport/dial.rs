//! Opening a TCP connection to a node: directly, or inside the embedded lab's private network.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use tokio::net::TcpStream;

use crate::failure::{Class, Failure};
use crate::sandbox::Lab;

/// Where connections to a device begin.
#[derive(Clone)]
pub enum Dialer {
    /// From this machine's own network.
    Direct,
    /// From inside the embedded lab's network.
    Lab(Arc<Lab>),
}

impl Dialer {
    /// Connects to `host:port`.
    ///
    /// # Errors
    /// Infrastructure, with the address and the system's reason.
    pub async fn connect(&self, host: &str, port: u16) -> Result<TcpStream, Failure> {
        let refused = |reason: String| {
            Failure::new(
                Class::Infrastructure,
                format!(
                    "cannot connect to {host} port {port}: {reason}; \
                     check that the machine is up and that its SSH server listens there"
                ),
            )
        };
        let stream = match self {
            Self::Direct => TcpStream::connect((host, port))
                .await
                .map_err(|e| refused(e.to_string()))?,
            Self::Lab(lab) => {
                let address: IpAddr = host.parse().map_err(|_| {
                    refused("in the embedded lab a node is reached by its IP address".to_owned())
                })?;
                lab.dial(SocketAddr::new(address, port))
                    .await
                    .map_err(|e| refused(e.to_string()))?
            }
        };
        stream
            .set_nodelay(true)
            .map_err(|e| refused(e.to_string()))?;
        Ok(stream)
    }
}
