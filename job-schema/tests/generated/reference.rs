//! The reference of the job language, as Markdown, from its schemas.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use job_schema::describe::{Describer, Key, Meaning, Segment};
use job_schema::schema::{self, Language};
use serde_json::Value;

const NOTE: &str = "<!-- Made from the types in job-schema/src. Change them, then: DISPATCH_REGENERATE=1 cargo test -p job-schema --test generated -->";

/// The files of `docs/reference/` and their text.
pub(crate) fn files() -> Vec<(&'static str, String)> {
    let job = Book::new(Language::Job);
    let definition = Book::new(Language::TestDefinition);
    vec![
        ("README.md", index()),
        ("job.md", job.top("Jobs", "The top level of a job file.")),
        ("deploy.md", job.block("deploy", "to")),
        ("boot.md", job.block("boot", "method")),
        ("test.md", job.block("test", "")),
        ("command.md", job.plain_block("command")),
        ("definitions.md", job.block("definition", "from")),
        ("values.md", job.values()),
        (
            "test-definition.md",
            definition.top(
                "Test definitions in files of their own",
                "A test definition, in a repository or a folder.",
            ) + &definition.definitions(),
        ),
    ]
}

fn index() -> String {
    let files = [
        ("job.md", "the top level of a job"),
        ("deploy.md", "`deploy` and all values of `to`"),
        ("boot.md", "`boot` and all values of `method`"),
        ("test.md", "`test` and its forms"),
        (
            "definitions.md",
            "entries of `test: definitions` and all values of `from`",
        ),
        ("command.md", "`command`"),
        ("values.md", "mappings and words that keys of those take"),
        (
            "test-definition.md",
            "test definitions in files of their own",
        ),
    ];
    let mut text = format!(
        "{NOTE}\n\n# Reference\n\nEvery key of the job language. `dispatch explain KEY.PATH` says the same in a terminal, the JSON Schemas\n(`dispatch schema`) in an editor.\n\n"
    );
    for (file, what) in files {
        let _ = writeln!(text, "- [{what}]({file})");
    }
    text
}

/// A language and its schema.
struct Book {
    describer: Describer<'static>,
    schema: Value,
    /// The file where the definitions are, from the others.
    values: &'static str,
}

impl Book {
    fn new(language: Language) -> Self {
        Self {
            describer: Describer::new(language),
            schema: schema::schema(language),
            values: match language {
                Language::Job => "values.md",
                Language::TestDefinition => "",
            },
        }
    }

    fn top(&self, title: &str, what: &str) -> String {
        let top = self.describer.overview();
        format!(
            "{NOTE}\n\n# {title}\n\n{what}\n\n{}",
            self.table(&top.keys, &self.schema, self.values)
        )
    }

    fn explain(&self, path: &[&str]) -> Meaning {
        let path: Vec<Segment> = path.iter().map(|key| Segment::from(*key)).collect();
        let mut meanings = self
            .describer
            .explain(&path)
            .expect("a path of the language");
        meanings.remove(0)
    }

    /// A block, its common keys, and each method with those of its own.
    fn block(&self, kind: &str, tag: &str) -> String {
        let block = self.explain(&[kind]);
        let mut text = format!("{NOTE}\n\n# {kind}\n\n{}\n\n", block.doc);
        let start = format!("{kind}-");
        let definitions = self.schema["$defs"].as_object().expect("definitions");
        let methods: Vec<(&str, &Value)> = definitions
            .iter()
            .filter_map(|(name, schema)| Some((name.strip_prefix(&start)?, schema)))
            .collect();
        for choice in &block.choices {
            let _ = writeln!(
                text,
                "- [`{0}`](#{1}): {2}",
                choice.word,
                anchor(&choice.word),
                one_line(&choice.doc)
            );
        }
        let common: BTreeSet<&str> = if methods.len() > 1 {
            let keys = block.keys.iter().filter(|key| key.kind != "see there");
            keys.map(|key| key.name.as_str()).collect()
        } else {
            BTreeSet::new()
        };
        if let (false, Some((_, first))) = (common.is_empty(), methods.first()) {
            let _ = write!(text, "\n## Every {kind}\n\n");
            let keys: Vec<Key> = (block.keys.iter())
                .filter(|key| common.contains(key.name.as_str()))
                .cloned()
                .collect();
            text += &self.table(&keys, first, self.values);
        }
        for choice in &block.choices {
            let Some((_, schema)) = methods.iter().find(|(word, _)| *word == choice.word) else {
                continue;
            };
            let _ = write!(text, "\n## {}\n\n{}\n\n", choice.word, choice.doc);
            let keys =
                Describer::of(&self.schema).explain_definition(&format!("{start}{}", choice.word));
            let own: Vec<Key> = keys
                .into_iter()
                .filter(|key| !common.contains(key.name.as_str()) && key.name != tag)
                .collect();
            text += &self.table(&own, schema, self.values);
        }
        text
    }

    fn plain_block(&self, kind: &str) -> String {
        let block = self.explain(&[kind]);
        let schema = &self.schema["$defs"]["action"]["properties"][kind];
        format!(
            "{NOTE}\n\n# {kind}\n\n{}\n\n{}",
            block.doc,
            self.table(&block.keys, schema, self.values)
        )
    }

    fn values(&self) -> String {
        format!(
            "{NOTE}\n\n# Values\n\nMappings and words that keys take.\n{}",
            self.definitions()
        )
    }

    /// Every definition that is no method.
    fn definitions(&self) -> String {
        let mut text = String::new();
        let definitions = self.schema["$defs"].as_object().expect("definitions");
        for (name, schema) in definitions.iter().filter(|(name, _)| is_value(name)) {
            let doc = schema["description"].as_str().unwrap_or_default();
            let _ = write!(text, "\n## {}\n\n{doc}\n\n", title(schema, name));
            for word in schema["oneOf"].as_array().into_iter().flatten() {
                if let (Some(word), Some(doc)) =
                    (word["const"].as_str(), word["description"].as_str())
                {
                    let _ = writeln!(text, "- `{word}`: {}", one_line(doc));
                }
            }
            if let Some(word) = schema["const"].as_str() {
                let _ = writeln!(text, "- `{word}`");
            }
            let keys = Describer::of(&self.schema).explain_definition(name);
            if schema.get("properties").is_some() {
                text += &self.table(&keys, schema, "");
            }
            if let Some(to) = self.link(&serde_json::json!({"anyOf": schema["anyOf"]}), "") {
                let _ = writeln!(text, "- {to}");
            }
            for way in ["then", "else"] {
                if let Some(to) = self.link(&schema[way], "") {
                    let _ = writeln!(text, "- {to}");
                }
            }
            if let Some(to) = self.link(&schema["additionalProperties"], "") {
                let _ = writeln!(text, "Other names: {to}");
            }
        }
        text
    }

    fn table(&self, keys: &[Key], schema: &Value, values: &str) -> String {
        if keys.is_empty() {
            return "No keys of its own.\n".to_owned();
        }
        let mut text = "| key | kind | | meaning |\n|---|---|---|---|\n".to_owned();
        for key in keys {
            let needed = if key.required { "required" } else { "" };
            let kind = match self.link(&schema["properties"][&key.name], values) {
                Some(link) => format!("{}: {link}", key.kind),
                None => key.kind.clone(),
            };
            let cell = |text: &str| one_line(text).replace('|', "\\|");
            let _ = writeln!(
                text,
                "| `{}` | {} | {needed} | {} |",
                key.name,
                cell(&kind),
                cell(&key.doc)
            );
        }
        text
    }

    /// The section of the definition that a value refers to.
    fn link(&self, schema: &Value, values: &str) -> Option<String> {
        if let Some(to) = schema["$ref"].as_str() {
            let name = to.trim_start_matches("#/$defs/");
            let target = &self.schema["$defs"][name];
            if name == "action" {
                return Some(
                    "[deploy](deploy.md), [boot](boot.md), [test](test.md), [command](command.md)"
                        .to_owned(),
                );
            }
            if name == "definition" {
                return Some("[definition](definitions.md)".to_owned());
            }
            let title = title(target, name);
            return Some(format!("[{title}]({values}#{})", anchor(&title)));
        }
        let inside = ["items", "additionalProperties"]
            .iter()
            .find_map(|key| self.link(schema.get(key)?, values));
        inside.or_else(|| {
            let options = schema["anyOf"].as_array()?;
            options.iter().find_map(|option| self.link(option, values))
        })
    }
}

fn is_value(name: &str) -> bool {
    let kinds = ["deploy-", "boot-", "test-", "definition-"];
    !kinds.iter().any(|kind| name.starts_with(kind)) && name != "action" && name != "definition"
}

/// The heading of a definition. Types of one name in several methods have numbers.
fn title(schema: &Value, name: &str) -> String {
    let title = schema["title"].as_str().unwrap_or(name);
    let bare = name.trim_end_matches(|c: char| c.is_ascii_digit());
    format!("{title} {}", &name[bare.len()..])
        .trim_end()
        .to_owned()
}

/// The link to a heading, as GitHub makes it.
fn anchor(title: &str) -> String {
    let kept = title.to_lowercase();
    let kept = kept
        .chars()
        .filter(|c| c.is_alphanumeric() || "-_ ".contains(*c));
    kept.map(|c| if c == ' ' { '-' } else { c }).collect()
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
