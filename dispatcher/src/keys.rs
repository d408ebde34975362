//! The installation's own keys, made on first use and never shipped.

use std::fs::OpenOptions;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::sync::Arc;

use russh::keys::ssh_key::LineEnding;
use russh::keys::{PrivateKey, load_secret_key};

use crate::failure::{Class, Failure};

/// A key pair of this installation.
#[derive(Debug, Clone)]
pub struct GuestKey {
    /// To log in with.
    pub key: Arc<PrivateKey>,
    /// OpenSSH private key file.
    pub private: String,
    /// OpenSSH public key line.
    pub public: String,
}

/// The key `name` below `folder`, made when it is not there.
///
/// # Errors
/// Configuration: the key cannot be read or written.
pub fn load_or_make(folder: &Path, name: &str) -> Result<GuestKey, Failure> {
    let path = folder.join(name);
    let failed = |e: String| {
        Failure::new(
            Class::Configuration,
            format!(
                "cannot use the key {} of this installation: {e}; remove it to have a new one made",
                path.display()
            ),
        )
    };
    if !path.exists() {
        make(folder, &path).map_err(&failed)?;
    }
    let key = load_secret_key(&path, None).map_err(|e| failed(e.to_string()))?;
    let private = key
        .to_openssh(LineEnding::LF)
        .map_err(|e| failed(e.to_string()))?;
    let public = key
        .public_key()
        .to_openssh()
        .map_err(|e| failed(e.to_string()))?;
    Ok(GuestKey {
        key: Arc::new(key),
        private: private.to_string(),
        public,
    })
}

fn make(folder: &Path, path: &Path) -> Result<(), String> {
    std::fs::create_dir_all(folder).map_err(|e| e.to_string())?;
    let mut seed = [0; 32];
    rustix::rand::getrandom(&mut seed, rustix::rand::GetRandomFlags::empty())
        .map_err(|e| e.to_string())?;
    let pair = russh::keys::ssh_key::private::Ed25519Keypair::from_seed(&seed);
    let key = PrivateKey::new(pair.into(), "dispatch").map_err(|e| e.to_string())?;
    let text = key.to_openssh(LineEnding::LF).map_err(|e| e.to_string())?;
    // Two runs may make the key at once: the first file to have the name is the key.
    let draft = folder.join(format!("new-{}", std::process::id()));
    let mut file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&draft)
        .map_err(|e| e.to_string())?;
    file.write_all(text.as_bytes()).map_err(|e| e.to_string())?;
    match std::fs::hard_link(&draft, path) {
        Err(e) if e.kind() != std::io::ErrorKind::AlreadyExists => return Err(e.to_string()),
        _ => {}
    }
    std::fs::remove_file(&draft).map_err(|e| e.to_string())
}
