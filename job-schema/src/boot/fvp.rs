//! `boot: {method: fvp}`: a model of a machine by Arm, in a container.

use job_schema_derive::Keys;
use schemars::JsonSchema;

use super::login::Shell;
use crate::deploy::download::{DockerOptions, ImageName};

/// `boot: {method: fvp}`: a model of a machine by Arm (Fixed Virtual Platform), in a container.
#[derive(Debug, Clone, PartialEq, JsonSchema, Keys)]
pub struct Fvp {
    /// Connect to the console with telnet. Default `true`; `false`: talk to the model itself.
    pub use_telnet: Option<bool>,
    /// A regular expression: what the model prints about its console, with the port as group `PORT`, for example
    /// `'terminal_0: Listening for serial connection on port (?P<PORT>\d+)'`.
    pub console_string: String,
    /// The same for other consoles, which are only listened to.
    pub feedbacks: Option<Vec<String>>,
    /// The model's program in the container, for example `/opt/model/FVP_Base_RevC-2xAEMvA`.
    pub image: String,
    /// The licence server, as the container's variable, for example `ARMLMD_LICENSE_FILE=8224@licences`.
    pub license_variable: Option<String>,
    /// More variables of the container, for example `['A=1']`.
    pub environment: Option<Vec<String>>,
    /// Arm's user-based licence: a file in the container, or an activation code. Default: that of the device.
    pub ubl_license: Option<String>,
    /// A regular expression: the version in what the model prints about itself. Default `Fast Models[^\n]+`.
    pub version_string: Option<String>,
    /// The model's arguments; `{name}` is an image of the deploy block, for example `['--data {fip}']`.
    pub arguments: Vec<String>,
    /// The container with the model.
    pub docker: FvpDocker,
    /// How to get a shell.
    #[keys(flatten)]
    #[schemars(flatten)]
    pub shell: Shell,
    /// The name of a deployed image: a program to run in the container once the model is up.
    pub erpc_app: Option<String>,
    /// Shell commands to run in the container once the model is up; the first that fails ends them.
    pub commands: Option<Vec<String>>,
}

/// The container with the model.
#[derive(Debug, Clone, PartialEq, JsonSchema, Keys)]
pub struct FvpDocker {
    /// The name of the image, for example `fvp:fvp_base_revc-2xaemva`.
    pub name: ImageName,
    /// How to use it.
    #[keys(flatten)]
    #[schemars(flatten)]
    pub options: DockerOptions,
}
