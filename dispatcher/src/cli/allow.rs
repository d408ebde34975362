//! `--allow CODE`, the same for all commands that check a job.

use job_schema::codes::{self, RULES, Rule};
use job_schema::suggest::nearest;

/// Errors that the author takes upon himself.
#[derive(Debug, clap::Args)]
pub(super) struct Allow {
    /// An error with this code is a warning; it can be given several times.
    #[arg(long = "allow", value_name = "CODE", value_parser = rule)]
    codes: Vec<&'static Rule>,
}

impl Allow {
    pub(super) fn codes(&self) -> Vec<&'static str> {
        self.codes.iter().map(|rule| rule.code).collect()
    }
}

fn rule(word: &str) -> Result<&'static Rule, String> {
    let code = word.to_ascii_uppercase();
    codes::find(&code).ok_or_else(|| {
        let near = nearest(&code, RULES.iter().map(|rule| rule.code)).and_then(codes::find);
        match near {
            Some(near) => format!(
                "there is no such code; did you mean {} ({})?",
                near.code, near.what
            ),
            None => "there is no such code; a code looks like J021 and stands before each finding"
                .to_owned(),
        }
    })
}
