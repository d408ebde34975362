//! One SSH connection to a node, many channels on it. With `ssh_auth` and `host_key` the only place that names russh
//! on the client's side.
//!
//! In: a [`Target`]. Out: a [`Link`] that opens shells and runs commands. What can go wrong is a [`Failure`] of class
//! infrastructure: the server does not answer, is not the right one, refuses the key, or goes away.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use russh::client::{self, Handle, Msg};
use russh::{Channel, ChannelMsg, ChannelReadHalf, ChannelWriteHalf, Disconnect, cipher, kex};
use tokio_util::bytes::Bytes;

use super::dial::Dialer;
use super::forward::{Forwards, WeakForwards};
use super::host_key::HostKeyRule;
use super::ssh_auth::{Identity, log_in};
use super::ssh_client::{Client, ClientError};
use crate::failure::{Class, Failure};

/// Which server, as whom.
#[derive(Clone)]
pub struct Target {
    /// Where the connection begins.
    pub dialer: Dialer,
    /// Host name or address.
    pub host: String,
    /// TCP port.
    pub port: u16,
    /// User to log in as.
    pub user: String,
    /// What to log in with.
    pub identity: Identity,
    /// Which server key is right.
    pub host_key: HostKeyRule,
}

/// How long a server may say nothing before it is asked whether it is still there; three questions without an
/// answer and it is lost.
const KEEPALIVE: Duration = Duration::from_secs(5);

/// At most so much of a command's standard output and error is kept, in bytes each.
pub const OUTPUT_LIMIT: usize = 1 << 20;

/// An open connection.
#[derive(Clone)]
pub struct Link {
    handle: Arc<Handle<Client>>,
    forwards: WeakForwards,
    host: String,
}

/// What a command answered.
#[derive(Debug)]
pub struct Output {
    /// Exit status; `None` when a signal ended it or the connection broke.
    pub status: Option<u32>,
    /// Standard output, at most 1 MiB.
    pub stdout: Vec<u8>,
    /// Standard error, at most 1 MiB.
    pub stderr: Vec<u8>,
}

/// An interactive shell, or a command whose input and output stay open.
pub struct Session {
    /// Reading side.
    pub reader: ChannelReadHalf,
    /// Writing side.
    pub writer: ChannelWriteHalf<Msg>,
}

impl Link {
    /// Connects and logs in.
    ///
    /// # Errors
    /// Infrastructure or configuration; see the module.
    pub async fn open(target: &Target) -> Result<Self, Failure> {
        let stream = target.dialer.connect(&target.host, target.port).await?;
        let forwards = Forwards::default();
        let weak = forwards.weak();
        let client = Client {
            forwards,
            host: target.host.clone(),
            port: target.port,
            rule: target.host_key.clone(),
        };
        let mut handle = client::connect_stream(Arc::new(config()), stream, client)
            .await
            .map_err(|e| match e {
                ClientError::HostKey(e) => Failure::new(Class::Infrastructure, e.to_string()),
                ClientError::Ssh(e) => Failure::new(
                    Class::Infrastructure,
                    format!(
                        "no SSH connection to {} port {}: {e}; check that an SSH server listens there",
                        target.host, target.port
                    ),
                ),
            })?;
        log_in(&mut handle, &target.user, &target.host, &target.identity).await?;
        Ok(Self {
            handle: Arc::new(handle),
            forwards: weak,
            host: target.host.clone(),
        })
    }

    /// Opens an interactive shell on a terminal of 200 columns.
    ///
    /// # Errors
    /// Infrastructure when the server does not allow it.
    pub async fn shell(&self) -> Result<Session, Failure> {
        let channel = self.channel().await?;
        channel
            .request_pty(false, "dumb", 200, 50, 0, 0, &[])
            .await
            .map_err(|e| self.lost(e))?;
        channel
            .request_shell(true)
            .await
            .map_err(|e| self.lost(e))?;
        let (mut reader, writer) = channel.split();
        granted(&mut reader).await.map_err(|()| {
            Failure::new(
                Class::Infrastructure,
                format!(
                    "the SSH server at {} gives no shell; the user needs a login shell",
                    self.host
                ),
            )
        })?;
        Ok(Session { reader, writer })
    }

    /// Starts a command and leaves its input and output to the caller.
    ///
    /// # Errors
    /// Infrastructure when the server does not allow it.
    pub async fn start(&self, command: &str) -> Result<Session, Failure> {
        let channel = self.channel().await?;
        channel
            .exec(true, command)
            .await
            .map_err(|e| self.lost(e))?;
        let (mut reader, writer) = channel.split();
        granted(&mut reader).await.map_err(|()| {
            Failure::new(
                Class::Infrastructure,
                format!(
                    "the SSH server at {} runs no commands (forced command?)",
                    self.host
                ),
            )
        })?;
        Ok(Session { reader, writer })
    }

    /// Runs a command to its end, with `input` on its standard input.
    ///
    /// # Errors
    /// Infrastructure when the connection breaks before the command has ended.
    pub async fn run(&self, command: &str, input: Bytes) -> Result<Output, Failure> {
        let Session { reader, writer } = self.start(command).await?;
        let send = async {
            // A command that ends before it has read everything closes its input; its status tells more than our write does.
            if writer.data_bytes(input).await.is_ok() {
                let _ = writer.eof().await;
            }
            std::future::pending::<()>().await;
        };
        tokio::select! {
            output = self.output_of(reader) => output,
            () = send => Err(self.lost("it closed while a command ran")),
        }
    }

    /// Reads a command's output to its end.
    pub(super) async fn output_of(&self, mut reader: ChannelReadHalf) -> Result<Output, Failure> {
        let mut output = Output {
            status: None,
            stdout: Vec::new(),
            stderr: Vec::new(),
        };
        let mut ended = false;
        while let Some(message) = reader.wait().await {
            match message {
                ChannelMsg::Data { data } => keep(&mut output.stdout, &data),
                ChannelMsg::ExtendedData { data, .. } => keep(&mut output.stderr, &data),
                ChannelMsg::ExitStatus { exit_status } => {
                    output.status = Some(exit_status);
                    ended = true;
                }
                ChannelMsg::ExitSignal { .. } => ended = true,
                ChannelMsg::Close => break,
                _ => {}
            }
        }
        if ended {
            Ok(output)
        } else {
            Err(self.lost("it closed while a command ran"))
        }
    }

    /// Whether the connection is gone.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.handle.is_closed()
    }

    /// Says goodbye. The server may be gone already; nobody waits for its answer.
    pub async fn close(&self) {
        let _ = self
            .handle
            .disconnect(Disconnect::ByApplication, "", "")
            .await;
    }

    /// A failure that says that the connection is gone.
    #[must_use]
    pub fn lost(&self, why: impl std::fmt::Display) -> Failure {
        Failure::new(
            Class::Infrastructure,
            format!(
                "node lost: the SSH connection to {} is lost: {why}",
                self.host
            ),
        )
    }

    pub(super) fn handle(&self) -> &Handle<Client> {
        &self.handle
    }

    pub(super) fn forwards(&self) -> &WeakForwards {
        &self.forwards
    }

    pub(super) fn host(&self) -> &str {
        &self.host
    }

    async fn channel(&self) -> Result<Channel<Msg>, Failure> {
        self.handle
            .channel_open_session()
            .await
            .map_err(|e| match e {
                russh::Error::ChannelOpenFailure(reason) => Failure::new(
                    Class::Infrastructure,
                    format!(
                        "the SSH server at {} opens no further channel ({reason:?}); dispatch needs 3 on one \
                         connection, see MaxSessions in its sshd_config",
                        self.host
                    ),
                ),
                e => self.lost(e),
            })
    }
}

/// Waits for the server's answer to a request; output that comes first would be lost, and none can come before it.
async fn granted(reader: &mut ChannelReadHalf) -> Result<(), ()> {
    while let Some(message) = reader.wait().await {
        match message {
            ChannelMsg::Success => return Ok(()),
            ChannelMsg::Failure | ChannelMsg::Close => return Err(()),
            _ => {}
        }
    }
    Err(())
}

pub(super) fn keep(buffer: &mut Vec<u8>, data: &[u8]) {
    let room = OUTPUT_LIMIT.saturating_sub(buffer.len());
    buffer.extend_from_slice(&data[..data.len().min(room)]);
}

fn config() -> client::Config {
    // AES-GCM first: about 2.4 times ChaCha20 where the processor has AES. Nagle off: 40 ms a round trip.
    let mut preferred = russh::Preferred::DEFAULT;
    preferred.cipher = Cow::Borrowed(&[
        cipher::AES_128_GCM,
        cipher::AES_256_GCM,
        cipher::CHACHA20_POLY1305,
        cipher::AES_256_CTR,
        cipher::AES_128_CTR,
    ]);
    preferred.compression = Cow::Borrowed(&[russh::compression::NONE]);
    preferred.kex = Cow::Borrowed(&[
        kex::CURVE25519,
        kex::CURVE25519_PRE_RFC_8731,
        kex::MLKEM768X25519_SHA256,
        kex::DH_G16_SHA512,
        kex::DH_G14_SHA256,
        kex::EXTENSION_SUPPORT_AS_CLIENT,
        kex::EXTENSION_OPENSSH_STRICT_KEX_AS_CLIENT,
    ]);
    client::Config {
        preferred,
        nodelay: true,
        keepalive_interval: Some(KEEPALIVE),
        keepalive_max: 3,
        inactivity_timeout: None,
        ..client::Config::default()
    }
}
