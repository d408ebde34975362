//! `boot:`, one file per `method:`.

pub mod grub;
pub mod ssh;

/// A boot block.
#[derive(Debug, Clone, PartialEq)]
pub struct Boot {
    /// `prompts`: regular expressions; one of them ends the wait for a shell.
    pub prompts: Vec<String>,
    /// `auto_login`.
    pub auto_login: Option<AutoLogin>,
    /// `method`, and what belongs to it.
    pub method: Method,
}

/// `auto_login:` of a boot block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AutoLogin {
    /// `login_prompt`: regular expression.
    pub login_prompt: String,
    /// `username`.
    pub username: String,
    /// `password_prompt`: regular expression.
    pub password_prompt: Option<String>,
    /// `password`.
    pub password: Option<String>,
    /// `login_commands`: typed after the login, one at a time.
    pub login_commands: Vec<String>,
}

/// `method:` of a boot block.
#[derive(Debug, Clone, PartialEq)]
pub enum Method {
    /// `method: ssh`
    Ssh(ssh::Ssh),
    /// `method: grub-efi`
    GrubEfi(grub::Grub),
}
