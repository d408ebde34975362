//! Whether an SSH server is the one it should be.

use std::path::PathBuf;

use russh::keys::known_hosts::{known_host_keys_path, learn_known_hosts_path};
use russh::keys::{HashAlg, PublicKey};

/// How a server's key is judged.
#[derive(Debug, Clone)]
pub enum HostKeyRule {
    /// It must be this key (`host_key` of the device).
    Given(Box<PublicKey>),
    /// It must be the key seen first; the first one is kept in this file (OpenSSH's `known_hosts` format).
    PinOnFirstUse(PathBuf),
    /// Any key. Only for a guest: its host's address came over the group's own bus, and the machine may
    /// have made its key minutes ago.
    Trust,
}

/// Why a key was not accepted.
#[derive(Debug, Clone, thiserror::Error)]
pub enum HostKeyError {
    /// Another key than the one given or pinned.
    #[error(
        "the SSH server at {host} port {port} shows the host key {found}, but {expected} is {source_of_key}; \
         somebody may be in between. If the machine was really set up anew, {remedy}"
    )]
    Changed {
        /// Server.
        host: String,
        /// Its port.
        port: u16,
        /// Fingerprint it showed.
        found: String,
        /// Fingerprint that was expected.
        expected: String,
        /// Where the expected one is written.
        source_of_key: String,
        /// What to do.
        remedy: String,
    },
    /// The pin file cannot be read or written.
    #[error("cannot use the file of pinned host keys {}: {reason}", path.display())]
    Store {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        reason: String,
    },
}

impl HostKeyRule {
    /// Judges the key that `host:port` showed, and pins it when it is the first.
    ///
    /// # Errors
    /// [`HostKeyError::Changed`] for a wrong key, [`HostKeyError::Store`] for the pin file.
    pub fn judge(&self, host: &str, port: u16, found: &PublicKey) -> Result<(), HostKeyError> {
        let changed =
            |expected: &PublicKey, source_of_key: String, remedy: String| HostKeyError::Changed {
                host: host.to_owned(),
                port,
                found: found.fingerprint(HashAlg::Sha256).to_string(),
                expected: expected.fingerprint(HashAlg::Sha256).to_string(),
                source_of_key,
                remedy,
            };
        match self {
            Self::Trust => Ok(()),
            Self::Given(key) if key.key_data() == found.key_data() => Ok(()),
            Self::Given(key) => Err(changed(
                key,
                "given in the device's `host_key`".to_owned(),
                "change `host_key`".to_owned(),
            )),
            Self::PinOnFirstUse(path) => {
                let store = |reason: String| HostKeyError::Store {
                    path: path.clone(),
                    reason,
                };
                let pinned = if path.exists() {
                    known_host_keys_path(host, port, path).map_err(|e| store(e.to_string()))?
                } else {
                    Vec::new()
                };
                match pinned.first() {
                    None => learn_known_hosts_path(host, port, found, path)
                        .map_err(|e| store(e.to_string())),
                    Some(_) if pinned.iter().any(|(_, k)| k.key_data() == found.key_data()) => {
                        Ok(())
                    }
                    Some((line, key)) => Err(changed(
                        key,
                        format!("pinned in {} line {line}", path.display()),
                        format!("remove that line ({})", path.display()),
                    )),
                }
            }
        }
    }
}
