//! `--lab` and `--on`, the same for all commands on a fleet, and running a job on what they mean.

use std::path::{Path, PathBuf};

use crate::cli::execute::{execute, open_store};
use crate::cli::{CliError, complain, job_file, open_lab};
use crate::inventory::Inventory;
use crate::inventory::lab::Entry;
use crate::inventory::reserve::Reservations;
use crate::inventory::select::{Purpose, Selection};
use crate::run_job::Submission;
use crate::store::{RunDir, Store};
use crate::text::name;

/// Which devices of which lab.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct On {
    /// Which devices: `all`, names, tags, `3*kvm`, `arch=arm64 & !flaky`.
    #[arg(long, value_name = "EXPR")]
    on: Option<String>,
    /// A lab folder with `devices/*.yaml` [default: the embedded lab].
    #[arg(long, value_name = "DIR")]
    lab: Option<PathBuf>,
}

/// The devices when nobody says which.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::cli) enum Default {
    /// The lab's only device, or a node of the embedded lab: nobody means a whole lab by saying nothing.
    TheOnly,
    /// All that are free; of the embedded lab one, since they are all alike.
    AllFree,
    /// All, whoever holds them.
    All,
}

/// A lab, and the devices of it that are meant.
pub(in crate::cli) struct Fleet {
    pub(in crate::cli) lab: Inventory,
    pub(in crate::cli) store: Store,
    chosen: Vec<usize>,
}

impl On {
    /// Opens the lab and the store, and chooses.
    ///
    /// # Errors
    /// The lab cannot be read, or has no such devices; or they are in use.
    pub(in crate::cli) fn open(&self, default: Default) -> Result<Fleet, CliError> {
        let wrong = |e: crate::inventory::select::SelectError| CliError::Usage(e.to_string());
        // A mistake in what was typed is told before anything is opened.
        let asked = self
            .on
            .as_deref()
            .map(Selection::parse)
            .transpose()
            .map_err(wrong)?;
        let lab = open_lab(self.lab.as_deref())?;
        let store = open_store()?;
        let busy = Reservations::open(store.root(), &lab)?.holders(&lab)?;
        let free = || (0..busy.len()).filter(|device| busy[*device].is_none());
        let purpose = if default == Default::All {
            Purpose::Look
        } else {
            Purpose::Run
        };
        let chosen = match (&asked, default, lab.folder()) {
            (Some(on), ..) => on.choose(lab.entries(), &busy, purpose).map_err(wrong)?,
            (None, Default::All, _) => (0..busy.len()).collect(),
            (None, _, None) => vec![0],
            (None, Default::AllFree, Some(_)) => {
                for (entry, held) in lab.entries().iter().zip(&busy) {
                    if let Some(held) = held {
                        complain(&format!("left out: {} is {held}", name(&entry.name)));
                    }
                }
                free().collect()
            }
            (None, Default::TheOnly, Some(_)) => match lab.entries() {
                [_] => Selection::parse("all")
                    .and_then(|all| all.choose(lab.entries(), &busy, purpose))
                    .map_err(wrong)?,
                entries => {
                    return Err(CliError::Usage(format!(
                        "the lab has {} devices; say with --on which are meant: a name, a tag, `2*all`, `all`",
                        entries.len()
                    )));
                }
            },
        };
        if chosen.is_empty() {
            return Err(CliError::Usage("the lab has no free device".to_owned()));
        }
        Ok(Fleet { lab, store, chosen })
    }

    /// Whether the user said which.
    pub(in crate::cli) fn is_given(&self) -> bool {
        self.on.is_some()
    }
}

impl Fleet {
    /// The devices.
    pub(in crate::cli) fn devices(&self) -> Vec<&Entry> {
        self.chosen
            .iter()
            .map(|device| &self.lab.entries()[*device])
            .collect()
    }

    /// Their names.
    pub(in crate::cli) fn names(&self) -> Vec<&str> {
        self.devices()
            .into_iter()
            .map(|entry| entry.name.as_str())
            .collect()
    }

    /// The lab's folder as it is kept with pushed cases.
    pub(super) fn lab_folder(&self) -> Option<PathBuf> {
        let folder = self.lab.folder()?;
        Some(folder.canonicalize().unwrap_or_else(|_| folder.to_owned()))
    }

    /// The state folder.
    pub(super) fn state(&self) -> &Path {
        self.store.root()
    }

    /// Checks a job that was made for them, and runs it to its end.
    ///
    /// # Errors
    /// Usage: it cannot run; what is wrong has been told. System: the state folder cannot be used.
    pub(super) fn run(&self, name: &str, text: String) -> Result<RunDir, CliError> {
        let file = job_file::made(name, text)?;
        let submission = Submission {
            job: &file.job,
            file: Path::new(name),
            text: &file.text,
        };
        execute(&submission, &self.lab, &self.store)
    }

    /// `rack1, rack2 and 3 more`, for the name of a job.
    pub(super) fn words(&self) -> String {
        const NAMED: usize = 3;
        let names = self.names();
        let mut words: Vec<String> = names.iter().take(NAMED).map(|word| name(word)).collect();
        if names.len() > NAMED {
            words.push(format!("and {} more", names.len() - NAMED));
        }
        words.join(", ")
    }
}

/// A job's fault is a wrong question when it comes from what was typed.
pub(super) fn typed(failure: crate::failure::Failure) -> CliError {
    if failure.class == crate::failure::Class::Job {
        CliError::Usage(failure.message)
    } else {
        match failure.evidence.text.as_str() {
            "" => failure.into(),
            said => CliError::System(format!("{}\n{said}", failure.message)),
        }
    }
}
