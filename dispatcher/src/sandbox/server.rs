//! A node's SSH server: who may come in. What they may do there is [`super::session`].
//!
//! Only `root` comes in, with the lab's key or one that is in `/root/.ssh/authorized_keys` at that moment, so that a
//! test can let others in. Commands, shells, terminals and remote forwards of the node's loopback interface; no other
//! forwarding, no subsystems.

use std::{borrow::Cow, fs, io, sync::Arc, time::Duration};

use russh::{
    Channel, MethodKind, MethodSet, Preferred, SshId, cipher,
    keys::ssh_key::{PrivateKey, PublicKey, authorized_keys::AuthorizedKeys},
    server::{
        Auth, ChannelOpenHandle, Config, Handler, Msg, PublicKeyOffer, Session, VerifiedPublicKey,
    },
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::Semaphore,
};

use super::{
    forward::Forwards,
    internal::block_on,
    net, session,
    wire::{AsyncWire, FromNode, ServerLoaded, ServerSetup, ToNode, Wire},
};

const PORT: u16 = 22;
/// Connections at a time; more wait to be accepted.
const CONNECTIONS: usize = 64;
const AUTHORIZED_KEYS: &str = "/root/.ssh/authorized_keys";

/// The server process. Standard input is the node's pid 1, which says when the root file system is the node's own.
pub(super) fn run() -> io::Result<()> {
    let init = Wire::from_stdin()?;
    init.send(&ServerLoaded, None)?;
    let Some((setup, Some(lab))) = init.receive::<ServerSetup>()? else {
        return Err(io::ErrorKind::UnexpectedEof.into());
    };
    block_on(async {
        let lab = AsyncWire::new(lab)?;
        match listen(&lab, &setup).await {
            Ok((listener, config)) => {
                let left_out = setup.left_out;
                lab.send(&FromNode::Listening { left_out }, None).await?;
                let key = PublicKey::from_openssh(&setup.node.shared.authorized_key)
                    .map_err(io::Error::other)?;
                tokio::select! {
                    // The end of the socket is the end of the lab, or of its interest in this node.
                    _ = lab.receive::<ToNode>() => Ok(()),
                    result = accept(listener, config, key) => result,
                }
            }
            Err(error) => {
                let reason = format!("cannot listen on port {PORT}: {error}");
                lab.send(&FromNode::Failed { reason }, None).await?;
                Err(error)
            }
        }
    })
}

async fn listen(lab: &AsyncWire, setup: &ServerSetup) -> io::Result<(TcpListener, Arc<Config>)> {
    let config = configure(&setup.node.shared.host_key)?;
    let Some((ToNode::Attached, _)) = lab.receive().await? else {
        return Err(io::ErrorKind::UnexpectedEof.into());
    };
    net::configure_node(setup.node.address)
        .await
        .map_err(io::Error::other)?;
    let listener = TcpListener::bind(("0.0.0.0", PORT)).await?;
    Ok((listener, Arc::new(config)))
}

fn configure(host_key: &str) -> io::Result<Config> {
    let host_key = PrivateKey::from_openssh(host_key).map_err(io::Error::other)?;
    Ok(Config {
        server_id: SshId::Standard(Cow::Borrowed("SSH-2.0-dispatch_sandbox")),
        methods: MethodSet::from(&[MethodKind::PublicKey][..]),
        // Nobody can guess a key by the time that its refusal takes.
        auth_rejection_time: Duration::ZERO,
        keys: vec![host_key],
        inactivity_timeout: None,
        nodelay: true,
        preferred: Preferred {
            cipher: Cow::Borrowed(&[
                cipher::AES_128_GCM,
                cipher::AES_256_GCM,
                cipher::CHACHA20_POLY1305,
                cipher::AES_256_CTR,
                cipher::AES_128_CTR,
            ]),
            ..Preferred::DEFAULT
        },
        ..Config::default()
    })
}

async fn accept(listener: TcpListener, config: Arc<Config>, lab_key: PublicKey) -> io::Result<()> {
    let places = Arc::new(Semaphore::new(CONNECTIONS));
    loop {
        let place = Arc::clone(&places)
            .acquire_owned()
            .await
            .map_err(io::Error::other)?;
        let stream = match listener.accept().await {
            Ok((stream, _)) => stream,
            // The caller has gone away already.
            Err(error) if error.kind() == io::ErrorKind::ConnectionAborted => continue,
            Err(error) => return Err(error),
        };
        let guest = Guest {
            lab_key: lab_key.clone(),
            forwards: Forwards::default(),
        };
        let config = Arc::clone(&config);
        tokio::spawn(async move {
            connection(stream, config, guest).await;
            drop(place);
        });
    }
}

async fn connection(stream: TcpStream, config: Arc<Config>, guest: Guest) {
    // Nobody is told about a connection that fails: its other end knows.
    let _ = stream.set_nodelay(true);
    if let Ok(session) = russh::server::run_stream(config, stream, guest).await {
        let _ = session.await;
    }
}

/// One connection.
struct Guest {
    lab_key: PublicKey,
    forwards: Forwards,
}

impl Guest {
    fn judge(&self, user: &str, key: &PublicKey) -> Auth {
        if user == "root" && (same(key, &self.lab_key) || is_authorized(key)) {
            return Auth::Accept;
        }
        Auth::reject()
    }
}

fn is_authorized(key: &PublicKey) -> bool {
    fs::read_to_string(AUTHORIZED_KEYS).is_ok_and(|text| {
        AuthorizedKeys::new(&text)
            .flatten()
            .any(|entry| same(key, entry.public_key()))
    })
}

/// The same key, whatever its comment says.
fn same(a: &PublicKey, b: &PublicKey) -> bool {
    a.key_data() == b.key_data()
}

impl Handler for Guest {
    type Error = russh::Error;

    async fn auth_publickey_offered(
        &mut self,
        user: &str,
        offer: PublicKeyOffer<'_>,
    ) -> Result<Auth, Self::Error> {
        Ok(self.judge(user, offer.public_key))
    }

    async fn auth_publickey(
        &mut self,
        user: &str,
        key: VerifiedPublicKey<'_>,
    ) -> Result<Auth, Self::Error> {
        Ok(self.judge(user, key.public_key))
    }

    async fn channel_open_session(
        &mut self,
        channel: Channel<Msg>,
        reply: ChannelOpenHandle,
        session: &mut Session,
    ) -> Result<(), Self::Error> {
        reply.accept().await;
        tokio::spawn(session::serve(channel, session.handle()));
        Ok(())
    }

    async fn tcpip_forward(
        &mut self,
        address: &str,
        port: &mut u32,
        session: &mut Session,
    ) -> Result<bool, Self::Error> {
        let bound = self.forwards.open(address, *port, session.handle()).await;
        *port = bound.unwrap_or(*port);
        Ok(bound.is_some())
    }

    async fn cancel_tcpip_forward(
        &mut self,
        _address: &str,
        port: u32,
        _session: &mut Session,
    ) -> Result<bool, Self::Error> {
        Ok(self.forwards.close(port))
    }
}
