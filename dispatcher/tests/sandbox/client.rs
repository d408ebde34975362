//! A lab for a test, and an SSH client for its nodes.

use std::{net::SocketAddr, path::PathBuf, sync::Arc};

use dispatcher::sandbox::{Lab, LabConfig, NodeHandle, NodeSpec};
use russh::{
    Channel, ChannelMsg, Sig,
    client::{self, Handle, Msg},
    keys::{
        Algorithm, HashAlg, PrivateKeyWithHashAlg, PublicKey, PublicKeyOrCertificate,
        ssh_key::{LineEnding, PrivateKey},
    },
};

/// The `dispatch` program: the built one, or the copy that an ordinary user may read.
pub(crate) fn program() -> PathBuf {
    std::env::var_os("SANDBOX_TEST_PROGRAM")
        .map_or_else(|| env!("CARGO_BIN_EXE_dispatch").into(), Into::into)
}

pub(crate) fn new_key() -> PrivateKey {
    PrivateKey::random(&mut russh::keys::key::safe_rng(), Algorithm::Ed25519).unwrap()
}

pub(crate) struct TestLab {
    pub(crate) lab: Lab,
    pub(crate) key: PrivateKey,
    pub(crate) host_key: PublicKey,
}

impl TestLab {
    pub(crate) async fn start() -> Self {
        let (key, host_key) = (new_key(), new_key());
        let config = LabConfig {
            authorized_key: key.public_key().to_openssh().unwrap(),
            host_key: host_key.to_openssh(LineEnding::LF).unwrap().to_string(),
            program: Some(program()),
        };
        let lab = Lab::start(config).await.unwrap();
        Self {
            lab,
            key,
            host_key: host_key.public_key().clone(),
        }
    }

    pub(crate) async fn node(&self, name: &str) -> NodeHandle {
        let spec = NodeSpec {
            name: name.into(),
            ..NodeSpec::default()
        };
        self.lab.add_node(spec).await.unwrap()
    }

    /// An open and authenticated connection.
    pub(crate) async fn connect(&self, node: &NodeHandle) -> Connection {
        let mut connection = self.dial(node).await;
        assert!(connection.authenticate("root", &self.key).await);
        connection
    }

    pub(crate) async fn dial(&self, node: &NodeHandle) -> Connection {
        let stream = self
            .lab
            .dial(SocketAddr::from((node.address, 22)))
            .await
            .unwrap();
        let config = client::Config {
            nodelay: true,
            ..client::Config::default()
        };
        let expected = Expect(self.host_key.clone());
        let handle = client::connect_stream(Arc::new(config), stream, expected)
            .await
            .unwrap();
        Connection(handle)
    }
}

/// Insists on the lab's host key.
pub(crate) struct Expect(PublicKey);

impl client::Handler for Expect {
    type Error = russh::Error;

    async fn check_server_key(
        &mut self,
        key: &PublicKeyOrCertificate,
    ) -> Result<bool, Self::Error> {
        Ok(
            matches!(key, PublicKeyOrCertificate::PublicKey { key, .. } if key.key_data() == self.0.key_data()),
        )
    }
}

pub(crate) struct Connection(pub(crate) Handle<Expect>);

#[derive(Debug, Default)]
pub(crate) struct Finished {
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    pub(crate) code: Option<u32>,
    pub(crate) signal: Option<Sig>,
}

impl Connection {
    pub(crate) async fn authenticate(&mut self, user: &str, key: &PrivateKey) -> bool {
        let key = PrivateKeyWithHashAlg::new(Arc::new(key.clone()), None::<HashAlg>);
        self.0
            .authenticate_publickey(user, key)
            .await
            .unwrap()
            .success()
    }

    pub(crate) async fn channel(&self) -> Channel<Msg> {
        self.0.channel_open_session().await.unwrap()
    }

    pub(crate) async fn run(&self, command: &str) -> Finished {
        self.run_with(command, b"").await
    }

    pub(crate) async fn run_with(&self, command: &str, input: &[u8]) -> Finished {
        let channel = self.channel().await;
        channel.exec(true, command).await.unwrap();
        let (mut answers, requests) = channel.split();
        let send = async {
            // A program may end without reading all of it.
            let _ = requests.data_bytes(input.to_vec()).await;
            let _ = requests.eof().await;
        };
        let (finished, ()) = tokio::join!(finish(&mut answers), send);
        finished
    }

    /// Runs a command that must succeed; its output without the last line end.
    pub(crate) async fn ok(&self, command: &str) -> String {
        let finished = self.run(command).await;
        assert_eq!(finished.code, Some(0), "{command}: {finished:?}");
        finished.stdout.trim_end().to_owned()
    }
}

async fn finish(answers: &mut russh::ChannelReadHalf) -> Finished {
    let mut finished = Finished::default();
    let (mut out, mut err) = (Vec::new(), Vec::new());
    while let Some(message) = answers.wait().await {
        match message {
            ChannelMsg::Data { data } => out.extend_from_slice(&data),
            ChannelMsg::ExtendedData { data, ext: 1 } => err.extend_from_slice(&data),
            ChannelMsg::ExitStatus { exit_status } => finished.code = Some(exit_status),
            ChannelMsg::ExitSignal { signal_name, .. } => finished.signal = Some(signal_name),
            _ => {}
        }
    }
    finished.stdout = String::from_utf8(out).unwrap();
    finished.stderr = String::from_utf8(err).unwrap();
    finished
}
