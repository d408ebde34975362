//! `dispatch check`: what is wrong with files, before anything runs.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use job_schema::finding;

use super::allow::Allow;
use super::{CliError, color_on, complain, open_lab, print};
use crate::check::fix::{self, Done};
use crate::check::format::{Format, Printer, Totals};
use crate::check::lab::Lab;
use crate::check::source::{self, Source, is_stdin};
use crate::check::{Checked, Kind, Options, allow, base_of, check_file, exchange};
use crate::text;

/// Check jobs and test definitions; nothing is run.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  dispatch check job.yaml
  dispatch check jobs/*.yaml tests/*.yaml --strict
  dispatch check job.yaml --lab my-lab
  dispatch check --fix job.yaml
  dispatch check --messages job.yaml
  dispatch check --format sarif jobs/*.yaml > findings.sarif
  dispatch check --format json - < job.yaml | jq -r '.[].message'

Groups of findings:
  yaml       the file cannot be read, is not YAML, or is odd YAML
  structure  what LAVA's schemas and its rules at submission say too
  rules      rules of dispatch across keys
  messages   what roles say to each other
  lab        what the devices of a lab can do (only with --lab)

Exit codes:
  0  nothing refuses the files; there may be warnings
  2  a file has an error (with --strict: or a warning), or the command line is wrong
  3  the lab cannot be read, or nothing can be printed")]
pub struct Args {
    /// Files; `-` is standard input. A folder is refused: name the files in it.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Check against the devices of a lab folder too.
    #[arg(long, value_name = "DIR")]
    lab: Option<PathBuf>,
    /// How to print findings.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Warnings count as errors for the exit code.
    #[arg(long)]
    strict: bool,
    #[command(flatten)]
    allow: Allow,
    /// Apply the corrections that are certain, and check again. With `-` the corrected text goes to standard output.
    #[arg(long)]
    fix: bool,
    /// Draw what the roles say to each other, in place of findings.
    #[arg(
        long,
        value_enum,
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "text",
        conflicts_with_all = ["fix", "format"]
    )]
    messages: Option<Drawing>,
}

/// How to draw what roles say to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Drawing {
    /// For people.
    Text,
    /// A Mermaid sequence diagram.
    Mermaid,
}

/// Checks the files.
///
/// # Errors
/// The lab cannot be read, or nothing can be printed. What is wrong with files is the exit code.
pub fn run(args: &Args) -> Result<ExitCode, CliError> {
    let stdin = args.files.iter().filter(|file| is_stdin(file)).count();
    let fixes_stdin = args.fix && stdin > 0;
    if stdin > 1 {
        let message = "`-` can be given once: standard input can be read once";
        return Err(CliError::Usage(message.to_owned()));
    }
    if fixes_stdin && args.format != Format::Text {
        let message = "`--fix -` prints the corrected text, so findings cannot be printed as well; leave `--format` out";
        return Err(CliError::Usage(message.to_owned()));
    }
    let lab = match args.lab.as_deref() {
        Some(folder) => Some(Lab::of(open_lab(Some(folder))?)),
        None => None,
    };
    let codes = args.allow.codes();
    let mut session = Session {
        args,
        options: Options {
            lab: lab.as_ref(),
            allow: &codes,
            ..Options::default()
        },
        totals: Totals::default(),
        refused: false,
    };
    if let Some(drawing) = args.messages {
        print(|out| session.draw(drawing, out))?;
    } else if fixes_stdin {
        let color = color_on(&io::stderr());
        // There is nowhere left to tell that standard error is closed.
        let _ = session.all(&mut io::stderr().lock(), color);
    } else {
        let color = color_on(&io::stdout());
        print(|out| session.all(out, color))?;
    }
    Ok(if session.refused {
        ExitCode::from(2)
    } else {
        ExitCode::SUCCESS
    })
}

/// One call of the command.
struct Session<'a> {
    args: &'a Args,
    options: Options<'a>,
    totals: Totals,
    refused: bool,
}

impl Session<'_> {
    /// Reads, checks and prints file by file.
    fn all(&mut self, out: &mut dyn Write, color: bool) -> io::Result<()> {
        let mut printer = Printer::begin(out, self.args.format, color)?;
        for file in &self.args.files {
            let (source, mut checked) = self.one(file)?;
            allow(&mut checked, self.options.allow);
            self.totals.add(&checked.findings);
            let mut refusing = checked.refusing(self.args.strict, self.options.allow);
            self.refused |= refusing.next().is_some();
            printer.file(&source.name, &source.text, &checked.findings)?;
        }
        printer.end(&self.totals)
    }

    /// Draws the exchange of each job; what cannot be read is told on standard error.
    fn draw(&mut self, drawing: Drawing, out: &mut dyn Write) -> io::Result<()> {
        for file in &self.args.files {
            let (source, checked) = self.one(file)?;
            let Some(job) = &checked.job else {
                let color = color_on(&io::stderr());
                let told =
                    finding::render_text(&checked.findings, &source.name, &source.text, color);
                // There is nowhere left to tell that standard error is closed.
                let _ = write!(io::stderr(), "{told}");
                self.refused = true;
                continue;
            };
            let exchange = exchange(job, &source.text, Some(base_of(file)));
            match drawing {
                Drawing::Text => out.write_all(exchange.text().as_bytes())?,
                Drawing::Mermaid => out.write_all(exchange.mermaid().as_bytes())?,
            }
        }
        Ok(())
    }

    fn one(&mut self, file: &Path) -> io::Result<(Source, Checked)> {
        let mut source = source::read(file);
        let options = Options {
            base: Some(base_of(file)),
            ..self.options
        };
        if let Some(trouble) = source.trouble.take() {
            let checked = Checked {
                kind: Kind::Job,
                findings: vec![trouble],
                job: None,
            };
            return Ok((source, checked));
        }
        if !self.args.fix {
            let checked = check_file(&source.name, &source.text, &options);
            return Ok((source, checked));
        }
        let fixed = fix::fix_text(&source.name, &source.text, &options);
        if is_stdin(file) {
            print_fixed(&fixed.text)?;
        } else if !fixed.done.is_empty()
            && let Err(error) = fix::write(file, &source.text, &fixed.text)
        {
            complain(&format!(
                "cannot correct {}: {error}; it is as it was",
                text::escape(&source.name)
            ));
            self.refused = true;
            let checked = check_file(&source.name, &source.text, &options);
            return Ok((source, checked));
        }
        tell(&source.name, &fixed.done);
        source.text = fixed.text;
        Ok((source, fixed.checked))
    }
}

/// The text of standard input after its fixes, which may have been none.
fn print_fixed(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()
}

/// Says on standard error what was corrected, so that standard output stays what `--format` promises.
fn tell(name: &str, done: &[Done]) {
    let name = text::escape(name);
    for Done { code, title, at } in done {
        let title = text::escape(title);
        // There is nowhere left to tell that standard error is closed.
        let _ = writeln!(
            io::stderr(),
            "{name}:{}:{}: corrected {code}: {title}",
            at.line,
            at.column
        );
    }
}
