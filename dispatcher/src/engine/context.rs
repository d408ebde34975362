//! What all nodes of a run share.

use std::collections::HashMap;
use std::path::PathBuf;

use tokio_util::sync::CancellationToken;

use crate::bus::hub::Hub;
use crate::fetch::Fetcher;
use crate::journal::mask::Masker;
use crate::keys::GuestKey;
use crate::recorder::Recorder;
use crate::store::RunDir;
use crate::transport::ssh::Target;

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
}

impl RunContext {
    /// A file in the run's temporary folder, which is removed when the run ends.
    #[must_use]
    pub fn tmp(&self, name: &str) -> PathBuf {
        self.dir.tmp().join(name)
    }
}
