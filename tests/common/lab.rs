//! Lab folders: what `--lab` names.

use std::fs;
use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::nodes::{Farm, Node};

/// A lab folder, gone when dropped.
#[derive(Debug)]
pub struct Lab {
    dir: TempDir,
}

impl Lab {
    /// A lab without devices, with the farm's key as `key`.
    ///
    /// # Panics
    /// When the folder cannot be written.
    #[must_use]
    pub fn empty(farm: &Farm) -> Self {
        let dir = tempfile::Builder::new()
            .prefix("dispatch-lab-")
            .tempdir()
            .expect("a temporary folder");
        fs::create_dir(dir.path().join("devices")).expect("the folder is writable");
        let lab = Self { dir };
        let key = lab.key_file("key");
        fs::copy(farm.key(), &key).expect("the farm has a key");
        lab
    }

    /// A lab of all nodes of a farm, host keys given.
    #[must_use]
    pub fn of(farm: &Farm) -> Self {
        let lab = Self::empty(farm);
        for node in farm.nodes() {
            lab.add(node, &node.host_key());
        }
        lab
    }

    /// A lab of all nodes of a farm whose host keys nobody has said: each is pinned when it is first met.
    #[must_use]
    pub fn unpinned(farm: &Farm) -> Self {
        let lab = Self::empty(farm);
        for node in farm.nodes() {
            lab.add_at(node.name(), node.ssh(), "key", None);
        }
        lab
    }

    /// Adds a node with a host key.
    pub fn add(&self, node: &Node, host_key: &str) {
        self.add_at(node.name(), node.ssh(), "key", Some(host_key));
    }

    /// Adds a device at an address.
    pub fn add_at(&self, name: &str, at: SocketAddr, identity_file: &str, host_key: Option<&str>) {
        let host_key = host_key.map_or(String::new(), |key| format!(", host_key: \"{key}\""));
        let device = format!(
            "device_type: ssh\ntags: [x86, {name}]\nssh: {{host: {}, port: {}, user: root, \
             identity_file: {identity_file}{host_key}}}\n",
            at.ip(),
            at.port()
        );
        self.device(name, &device);
    }

    /// Writes a device file.
    ///
    /// # Panics
    /// When the folder cannot be written.
    pub fn device(&self, name: &str, text: &str) {
        let file = self.path().join("devices").join(format!("{name}.yaml"));
        fs::write(file, text).expect("the folder is writable");
    }

    /// Makes a key that no node knows.
    pub fn stranger_key(&self, name: &str) {
        crate::nodes::make_key(&self.path().join(name));
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.dir.path()
    }

    fn key_file(&self, name: &str) -> PathBuf {
        let file = self.path().join(name);
        fs::write(&file, "").expect("the folder is writable");
        fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).expect("it is ours");
        file
    }
}
