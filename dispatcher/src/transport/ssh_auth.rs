//! Proving to an SSH server who we are: a key file, or the user's agent.

use std::path::PathBuf;
use std::sync::Arc;

use russh::client::{AuthResult, Handle};
use russh::keys::agent::AgentIdentity;
use russh::keys::agent::client::AgentClient;
use russh::keys::{HashAlg, PrivateKey, PrivateKeyWithHashAlg, load_secret_key};

use super::ssh_client::Client;
use crate::failure::{Class, Failure};

/// What we log in with.
#[derive(Debug, Clone)]
pub enum Identity {
    /// A private key file without a passphrase.
    File(PathBuf),
    /// The keys of the running `ssh-agent` (`SSH_AUTH_SOCK`).
    Agent,
    /// A key of this installation.
    Key(Arc<PrivateKey>),
}

/// Logs in.
///
/// # Errors
/// Configuration when the key cannot be read, infrastructure when the server refuses it.
pub(super) async fn log_in(
    handle: &mut Handle<Client>,
    user: &str,
    host: &str,
    identity: &Identity,
) -> Result<(), Failure> {
    let accepted = match identity {
        Identity::Agent => with_agent(handle, user).await?,
        Identity::Key(key) => with_key(handle, user, Arc::clone(key)).await?,
        Identity::File(path) => {
            let key = load_secret_key(path, None).map_err(|e| {
                Failure::new(
                    Class::Configuration,
                    format!(
                        "cannot read the SSH key {}: {e}; `identity_file` must name a private key \
                         without a passphrase (or say `agent: true`)",
                        path.display()
                    ),
                )
            })?;
            with_key(handle, user, Arc::new(key)).await?
        }
    };
    if accepted {
        return Ok(());
    }
    let with = match identity {
        Identity::File(path) => format!("the key {}", path.display()),
        Identity::Agent => "every key of the SSH agent".to_owned(),
        Identity::Key(_) => "this installation's key".to_owned(),
    };
    let hint = match identity {
        Identity::Key(_) => {
            "the host's deploy block needs `authorize: ssh`, and its overlay must be unpacked at / \
             before the guests start"
        }
        Identity::File(_) | Identity::Agent => {
            "add the public key to the user's ~/.ssh/authorized_keys on the machine"
        }
    };
    Err(Failure::new(
        Class::Infrastructure,
        format!("the SSH server at {host} refused {with} for user {user}; {hint}"),
    ))
}

async fn with_key(
    handle: &mut Handle<Client>,
    user: &str,
    key: Arc<PrivateKey>,
) -> Result<bool, Failure> {
    let hash = if key.algorithm().is_rsa() {
        best_rsa_hash(handle).await?
    } else {
        None
    };
    let result = handle
        .authenticate_publickey(user, PrivateKeyWithHashAlg::new(key, hash))
        .await
        .map_err(broken)?;
    Ok(matches!(result, AuthResult::Success))
}

async fn with_agent(handle: &mut Handle<Client>, user: &str) -> Result<bool, Failure> {
    let agent_failed = |e: String| {
        Failure::new(
            Class::Configuration,
            format!(
                "cannot use the SSH agent: {e}; start one and add a key, or set `identity_file`"
            ),
        )
    };
    let mut agent = AgentClient::connect_env()
        .await
        .map_err(|e| agent_failed(e.to_string()))?;
    let identities = agent
        .request_identities()
        .await
        .map_err(|e| agent_failed(e.to_string()))?;
    for identity in identities {
        let AgentIdentity::PublicKey { key, .. } = identity else {
            continue;
        };
        let hash = if key.algorithm().is_rsa() {
            best_rsa_hash(handle).await?
        } else {
            None
        };
        let result = handle
            .authenticate_publickey_with(user, key, hash, &mut agent)
            .await
            .map_err(|e| agent_failed(e.to_string()))?;
        if matches!(result, AuthResult::Success) {
            return Ok(true);
        }
    }
    Ok(false)
}

async fn best_rsa_hash(handle: &Handle<Client>) -> Result<Option<HashAlg>, Failure> {
    Ok(handle
        .best_supported_rsa_hash()
        .await
        .map_err(broken)?
        .flatten())
}

fn broken(e: impl std::fmt::Display) -> Failure {
    Failure::new(
        Class::Infrastructure,
        format!("the SSH connection broke while logging in: {e}"),
    )
}
