//! Signals by the names that SSH gives them.

use russh::Sig;
use rustix::process::Signal;

/// Those that SSH has a name for.
const NAMED: &[Sig] = &[
    Sig::ABRT,
    Sig::ALRM,
    Sig::FPE,
    Sig::HUP,
    Sig::ILL,
    Sig::INT,
    Sig::KILL,
    Sig::PIPE,
    Sig::QUIT,
    Sig::SEGV,
    Sig::TERM,
    Sig::USR1,
];

/// The signal that a client asks to be sent; `None` for one that this system does not have.
pub(super) fn from_ssh(name: &Sig) -> Option<Signal> {
    match name {
        Sig::ABRT => Some(Signal::ABORT),
        Sig::ALRM => Some(Signal::ALARM),
        Sig::FPE => Some(Signal::FPE),
        Sig::HUP => Some(Signal::HUP),
        Sig::ILL => Some(Signal::ILL),
        Sig::INT => Some(Signal::INT),
        Sig::KILL => Some(Signal::KILL),
        Sig::PIPE => Some(Signal::PIPE),
        Sig::QUIT => Some(Signal::QUIT),
        Sig::SEGV => Some(Signal::SEGV),
        Sig::TERM => Some(Signal::TERM),
        Sig::USR1 => Some(Signal::USR1),
        // OpenSSH sends it, though the standard has no name for it.
        Sig::Custom(name) if name == "USR2" => Some(Signal::USR2),
        Sig::Custom(_) => None,
    }
}

/// The name for the signal that ended a program.
pub(super) fn to_ssh(number: i32) -> Sig {
    NAMED
        .iter()
        .find(|name| from_ssh(name).is_some_and(|signal| signal.as_raw() == number))
        .cloned()
        .unwrap_or_else(|| Sig::Custom(format!("SIG{number}")))
}
