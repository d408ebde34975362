//! `boot: {method: ssh}`: log in and unpack the overlay.

/// `boot: {method: ssh}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ssh {
    /// `parameters: hostID`: message id under which the host sent its address (guests only).
    pub host_id: Option<String>,
    /// `parameters: host_key`: key of the address in that message.
    pub host_key: Option<String>,
}
