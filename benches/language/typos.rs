//! Seeded slips of the pen: is the right line named, and the right word suggested?

use job_schema::Severity;
use job_schema::finding::{Finding, Span};
use job_schema::yaml::{Data, Node, load};

use crate::corpus::Row;
use crate::random::Random;

/// What was found of the typos of one kind.
#[derive(Default)]
pub(crate) struct Found {
    pub(crate) kind: &'static str,
    pub(crate) seeded: usize,
    pub(crate) line: usize,
    pub(crate) suggestion: usize,
    pub(crate) missed: Vec<String>,
}

/// A word of a job that a slip of the pen would break.
struct Word {
    kind: &'static str,
    span: Span,
}

/// Seeds `count` typos in real jobs that are right as they are.
pub(crate) fn seed(rows: &[Row], count: usize, check: fn(&str) -> Vec<Finding>) -> Vec<Found> {
    let mut random = Random::new(20_26);
    let mut found: Vec<Found> = KINDS
        .iter()
        .map(|kind| Found {
            kind,
            ..Found::default()
        })
        .collect();
    let jobs: Vec<(&Row, Vec<Word>)> = rows
        .iter()
        .filter(|row| row.mutation.is_none() && row.relaxed.accepts() && row.submission.accepts())
        .filter_map(|row| Some((row, words(&row.job, &load(&row.job).ok()?.root))))
        .collect();
    let mut seeded = 0;
    while seeded < count {
        // Kinds in turn: keys are many, message ids few.
        let kind = KINDS[seeded % KINDS.len()];
        let candidates: Vec<(&Row, &Word)> = jobs
            .iter()
            .flat_map(|(row, words)| words.iter().map(move |word| (*row, word)))
            .filter(|(_, word)| word.kind == kind)
            .collect();
        let Some((row, word)) = random.choose(&candidates) else {
            return found;
        };
        let right = &row.job[word.span.start..word.span.end];
        let wrong = random.typo(right);
        if wrong == right || row.job.contains(&format!(" {wrong}:")) {
            continue;
        }
        seeded += 1;
        let slot = found.iter_mut().find(|slot| slot.kind == kind);
        if let Some(slot) = slot {
            judge(row, word, right, &wrong, check, slot);
        }
    }
    found
}

const KINDS: [&str; 4] = ["keys", "roles", "methods", "message ids"];

fn judge(
    row: &Row,
    word: &Word,
    right: &str,
    wrong: &str,
    check: fn(&str) -> Vec<Finding>,
    found: &mut Found,
) {
    let mut text = row.job.clone();
    text.replace_range(word.span.start..word.span.end, wrong);
    let before: Vec<(&str, String)> = check(&row.job)
        .into_iter()
        .map(|finding| (finding.code, finding.path))
        .collect();
    let mut new: Vec<Finding> = check(&text)
        .into_iter()
        .filter(|finding| !before.contains(&(finding.code, finding.path.clone())))
        .collect();
    new.sort_by_key(|finding| (finding.severity != Severity::Error, finding.span.start));
    found.seeded += 1;
    let named = new
        .iter()
        .find(|finding| finding.span.line == word.span.line);
    found.line += usize::from(named.is_some());
    let suggested = named.is_some_and(|finding| suggestion(finding) == Some(right));
    found.suggestion += usize::from(suggested);
    if named.is_none() || !suggested {
        let told: Vec<String> = new
            .iter()
            .map(|f| format!("{} line {} {:?}", f.code, f.span.line, f.help))
            .collect();
        found.missed.push(format!(
            "{} line {}: `{right}` as `{wrong}`: {}",
            row.name,
            word.span.line,
            told.join("; ")
        ));
    }
}

/// The first word that a finding suggests.
fn suggestion(finding: &Finding) -> Option<&str> {
    let help = finding.help.as_deref()?;
    let (_, rest) = help.split_once("did you mean `")?;
    Some(rest.split_once('`')?.0)
}

/// Mappings whose keys are free.
const FREE: &[&str] = &[
    "metadata",
    "environment",
    "parameters",
    "params",
    "secrets",
    "images",
    "message",
    "fixupdict",
    "extra_files",
    "headers",
    "conditions",
    "actions",
    "connections",
    "timeouts",
    "overlays",
    "qcomflash",
    "notify",
];

fn words(text: &str, root: &Node) -> Vec<Word> {
    let mut words = Vec::new();
    walk(root, "", &mut words);
    messages(text, &mut words);
    words
}

fn walk(node: &Node, parent: &str, words: &mut Vec<Word>) {
    match node.data() {
        Data::Map(entries) => {
            for entry in entries.iter() {
                let key = entry.key.key_text();
                let top_metadata = parent != "repository" && key == "metadata";
                let free = FREE.contains(&parent) && parent != "timeouts";
                let kind = match parent {
                    "roles" => Some("roles"),
                    _ if free => None,
                    _ => Some("keys"),
                };
                if let Some(kind) = kind.filter(|_| key.len() > 1) {
                    words.push(Word {
                        kind,
                        span: entry.key.span,
                    });
                }
                let role = matches!(key.as_str(), "host_role" | "expect_role") || key == "role";
                if role && entry.value.as_str().is_some() {
                    words.push(Word {
                        kind: "roles",
                        span: entry.value.span,
                    });
                }
                if matches!(key.as_str(), "to" | "method" | "from")
                    && entry.value.as_str().is_some()
                    && matches!(parent, "deploy" | "boot" | "definitions")
                {
                    words.push(Word {
                        kind: "methods",
                        span: entry.value.span,
                    });
                }
                if key == "messageID" {
                    words.push(Word {
                        kind: "message ids",
                        span: entry.value.span,
                    });
                }
                if !top_metadata && key != "lava-multinode"
                    || parent == "protocols" && key == "lava-multinode"
                {
                    walk(&entry.value, &key, words);
                }
            }
        }
        Data::Seq(items) => {
            for item in items.iter() {
                if parent == "role" && item.as_str().is_some() {
                    words.push(Word {
                        kind: "roles",
                        span: item.span,
                    });
                } else {
                    walk(item, parent, words);
                }
            }
        }
        _ => {}
    }
}

/// Ids of messages in shell code.
fn messages(text: &str, words: &mut Vec<Word>) {
    for verb in ["lava-send ", "lava-wait ", "lava-wait-all ", "lava-sync "] {
        for (at, _) in text.match_indices(verb) {
            let start = at + verb.len();
            let id: String = text[start..]
                .chars()
                .take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
                .collect();
            let line = text[..start].matches('\n').count() + 1;
            let comment = text[..start]
                .rsplit('\n')
                .next()
                .is_some_and(|l| l.contains('#'));
            // `round$i` is made when the script runs.
            let made = text[start + id.len()..].starts_with(['$', '"', '{']);
            if id.len() > 2 && !comment && !made {
                let span = Span {
                    start,
                    end: start + id.len(),
                    line: u32::try_from(line).unwrap_or(u32::MAX),
                    column: 1,
                };
                words.push(Word {
                    kind: "message ids",
                    span,
                });
            }
        }
    }
}
