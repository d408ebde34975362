//! Our side of an SSH connection, as russh calls it.

use russh::client::{self, ChannelOpenHandle, Msg};
use russh::keys::PublicKeyOrCertificate;
use russh::{Channel, ChannelOpenFailure};

use super::forward::Forwards;
use super::host_key::{HostKeyError, HostKeyRule};

/// Our side of the protocol: it decides whether the server's key is right, and takes connections to our forwards.
pub(super) struct Client {
    pub(super) forwards: Forwards,
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) rule: HostKeyRule,
}

#[derive(Debug, thiserror::Error)]
pub(super) enum ClientError {
    #[error(transparent)]
    HostKey(#[from] HostKeyError),
    #[error(transparent)]
    Ssh(#[from] russh::Error),
}

impl client::Handler for Client {
    type Error = ClientError;

    async fn check_server_key(
        &mut self,
        server: &PublicKeyOrCertificate,
    ) -> Result<bool, Self::Error> {
        match server {
            PublicKeyOrCertificate::PublicKey { key, .. } => {
                self.rule.judge(&self.host, self.port, key)?;
                Ok(true)
            }
            PublicKeyOrCertificate::Certificate(_) => Ok(false),
        }
    }

    async fn server_channel_open_forwarded_tcpip(
        &mut self,
        channel: Channel<Msg>,
        _connected_address: &str,
        connected_port: u32,
        _originator_address: &str,
        _originator_port: u32,
        reply: ChannelOpenHandle,
        _session: &mut client::Session,
    ) -> Result<(), Self::Error> {
        match self.forwards.place(connected_port) {
            Some(place) => {
                reply.accept().await;
                place.send(channel);
            }
            None => reply.reject(ChannelOpenFailure::ResourceShortage).await,
        }
        Ok(())
    }
}
