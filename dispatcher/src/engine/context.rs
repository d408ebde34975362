//! What all nodes of a run share.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Mutex;
use std::time::Duration;

use tokio_util::bytes::Bytes;
use tokio_util::sync::CancellationToken;

use crate::actions::test::lkp::cluster::Clusters;
use crate::bus::hub::Hub;
use crate::failure::Failure;
use crate::fetch::Fetcher;
use crate::journal::mask::Masker;
use crate::keys::GuestKey;
use crate::recorder::Recorder;
use crate::store::RunDir;
use crate::transport::ssh::{Link, Target};

/// A run, as its nodes see it.
pub struct RunContext {
    /// Where everything of the run is kept.
    pub dir: RunDir,
    /// Where facts go.
    pub recorder: Recorder,
    /// Masks secrets in consoles.
    pub masker: Masker,
    /// The group's bus.
    pub hub: Hub,
    /// LKP's own clusters.
    pub clusters: Clusters,
    /// Fetches definitions, once each.
    pub fetcher: Fetcher,
    /// The installation's key for guests.
    pub guest_key: GuestKey,
    /// Our address as nodes see it (`LAVA_DISPATCHER_IP`).
    pub dispatcher_ip: String,
    /// How to reach the device of each node that has one, by node name.
    pub targets: HashMap<String, Target>,
    /// Set when the run is cancelled, by a person or by an essential role.
    pub cancel: CancellationToken,
    /// What has to be taken back on machines when all nodes have ended. Guests may need it until then.
    pub farewells: Mutex<Vec<Farewell>>,
}

/// Something to take back on a machine.
pub struct Farewell {
    /// The machine.
    pub link: Link,
    /// A shell command.
    pub command: String,
}

impl Farewell {
    /// Takes it back, and says goodbye to the machine.
    ///
    /// # Errors
    /// Infrastructure: the machine did not do it in time.
    pub async fn say(self) -> Result<(), Failure> {
        let run = self.link.run(&self.command, Bytes::new());
        let result = match tokio::time::timeout(LONGEST_FAREWELL, run).await {
            Ok(result) => result.map(drop),
            Err(_) => Err(self.link.lost("it did not answer when the run ended")),
        };
        self.link.close().await;
        result
    }
}

/// A machine that does not answer by then is left as it is.
const LONGEST_FAREWELL: Duration = Duration::from_secs(5);

impl RunContext {
    /// A file in the run's temporary folder, which is removed when the run ends.
    #[must_use]
    pub fn tmp(&self, name: &str) -> PathBuf {
        self.dir.tmp().join(name)
    }
}
