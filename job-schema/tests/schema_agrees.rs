//! The JSON Schema and the checker say the same about every document: what is wrong by itself.

#[path = "agree/documents.rs"]
mod documents;
#[path = "agree/exceptions.rs"]
mod exceptions;
#[path = "agree/tape.rs"]
mod tape;

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use job_schema::schema::{self, Language};
use job_schema::{Finding, parse_job, parse_test_definition, parse_value};
use jsonschema::Validator;
use proptest::prelude::*;
use serde_json::Value;

use documents::Generator;
use tape::Tape;

/// A language with its schema in both forms.
struct Side {
    language: Language,
    schema: Value,
    validator: Validator,
}

impl Side {
    fn new(language: Language) -> Self {
        let schema = schema::schema(language);
        jsonschema::draft202012::meta::validate(&schema).expect("a schema of JSON Schema 2020-12");
        // The other engine, `fancy_regex`, takes `a` for `^[a-z]+[a-z]*[a-z]+(b)?$`.
        let validator = jsonschema::draft202012::options()
            .with_pattern_options(jsonschema::PatternOptions::regex())
            .build(&schema)
            .expect("a schema");
        Self {
            language,
            schema,
            validator,
        }
    }

    fn findings(&self, text: &str) -> Vec<Finding> {
        match self.language {
            Language::Job => parse_job("job", text).findings,
            Language::TestDefinition => parse_test_definition("definition", text).findings,
        }
    }

    /// `Err` shows the document and both answers when they differ.
    fn agrees(&self, document: &Value, text: &str) -> Result<(), String> {
        let findings = self.findings(text);
        let told: Vec<String> = findings
            .iter()
            .filter(|finding| exceptions::is_structural(finding))
            .map(|f| format!("{} at {}: {}", f.code, f.path, f.message))
            .collect();
        let errors: Vec<_> = self.validator.iter_errors(document).collect();
        let excused = told.is_empty() && errors.iter().all(exceptions::is_python_number);
        if told.is_empty() == errors.is_empty() || excused {
            return Ok(());
        }
        let refused: Vec<String> = errors
            .iter()
            .map(|e| format!("{} at {}", e, e.instance_path()))
            .collect();
        let shown = serde_json::to_string_pretty(document).expect("JSON");
        Err(format!(
            "{shown}\nthe checker says {told:#?}\nthe schema says {refused:#?}"
        ))
    }
}

static JOB: LazyLock<Side> = LazyLock::new(|| Side::new(Language::Job));
static DEFINITION: LazyLock<Side> = LazyLock::new(|| Side::new(Language::TestDefinition));

/// The text of a generated document: JSON is YAML.
fn agrees_generated(side: &Side, document: &Value) -> Result<(), TestCaseError> {
    side.agrees(document, &document.to_string())
        .map_err(TestCaseError::fail)
}

fn cases(default: u32) -> ProptestConfig {
    let cases = std::env::var("PROPTEST_CASES").ok();
    ProptestConfig {
        cases: cases.and_then(|n| n.parse().ok()).unwrap_or(default),
        max_shrink_iters: 4000,
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(cases(1500))]

    #[test]
    fn on_generated_jobs(tape in tape::any(), edits in 0_usize..3) {
        let mut tape = Tape::new(tape);
        let mut job = Generator::new(&JOB.schema).document(&mut tape);
        for _ in 0..edits {
            documents::edit(&mut job, &JOB.schema, &mut tape);
        }
        agrees_generated(&JOB, &job)?;
    }

    #[test]
    fn on_generated_test_definitions(tape in tape::any(), edits in 0_usize..3) {
        let mut tape = Tape::new(tape);
        let mut definition = Generator::new(&DEFINITION.schema).document(&mut tape);
        for _ in 0..edits {
            documents::edit(&mut definition, &DEFINITION.schema, &mut tape);
        }
        agrees_generated(&DEFINITION, &definition)?;
    }

    /// No job of the corpus has a block of this form. One change of a good block says most.
    #[test]
    fn on_lkp_blocks_that_were_changed(tape in tape::any(), edits in 1_usize..3) {
        let form = &JOB.schema["$defs"]["Lkp"];
        let mut tape = Tape::new(tape);
        let good: Vec<Value> = LKP.iter().map(|text| as_json(text).expect("JSON")).collect();
        let mut lkp = good[tape.pick(good.len())].clone();
        for _ in 0..edits {
            // Half of them put a value of the schema's in the place of another, or where none was.
            let keys: Vec<&String> = form["properties"].as_object().expect("keys").keys().collect();
            let key = keys[tape.pick(keys.len())];
            if tape.pick(2) == 0 {
                lkp[key] = Generator::new(&JOB.schema).value(&form["properties"][key], &mut tape);
            } else {
                documents::edit(&mut lkp, form, &mut tape);
            }
            if !lkp.is_object() {
                break;
            }
        }
        agrees_generated(&JOB, &job_of(&serde_json::json!({"test": {"lkp": lkp}})))?;
    }

    #[test]
    fn on_jobs_that_were_changed(tape in tape::any(), edits in 1_usize..4) {
        let jobs: &[Value] = &REAL;
        let mut tape = Tape::new(tape);
        let mut job = jobs[tape.pick(jobs.len())].clone();
        for _ in 0..edits {
            documents::edit(&mut job, &JOB.schema, &mut tape);
        }
        agrees_generated(&JOB, &job)?;
    }
}

/// Good LKP blocks.
const LKP: [&str; 5] = [
    "{jobs: [a], containers: {limits: {cpus: 1.5, memory: 512M}}}",
    "{jobs: [a], containers: {image: {rootfs: root.tar}}}",
    "{jobs: [a], set: {a: 1, b: ~, c: [1, x], d: true}}",
    "{jobs: [a, b/c.yaml], name: n, source: 'git://x', revision: v1, cases: [mine], packages: [ruby], install: true, \
     repeat: 2, cluster: [server], timeout: {minutes: 1}, \
     containers: {count: 2, runtime: docker, image: debian, limits: {cpus: 1.5, memory: 512M}, network: lab}}",
    "{jobs: [a], cluster: server, monitors: false, containers: {image: {debootstrap: {suite: sid, mirror: 'http://x', \
     include: [ruby], variant: buildd}}, limits: {memory: 8388608}, privileged: true, network: host}}",
];

/// A job of one block.
fn job_of(block: &Value) -> Value {
    serde_json::json!({
        "job_name": "x", "visibility": "public", "device_type": "qemu",
        "timeouts": {"job": {"hours": 1}}, "actions": [block],
    })
}

/// Every method and form is the only one in some document.
#[test]
fn on_the_smallest_document_of_every_method() {
    let mut seen = 0;
    for tag in ["deploy", "boot", "test", "definition"] {
        let methods = documents::methods(&JOB.schema, tag);
        assert!(!methods.is_empty(), "{tag} has methods");
        for (word, schema) in methods {
            for fill in [0, 1, 7, 13] {
                let mut tape = Tape::new(vec![fill; 4000]);
                let block = Generator::new(&JOB.schema).value(schema, &mut tape);
                let block = match tag {
                    "definition" => serde_json::json!({"test": {"definitions": [block]}}),
                    tag => serde_json::json!({tag: block}),
                };
                let job = job_of(&block);
                let agreed = JOB.agrees(&job, &job.to_string());
                assert!(agreed.is_ok(), "{tag} {word}: {}", agreed.unwrap_err());
                seen += 1;
            }
        }
    }
    eprintln!("{seen} documents");
}

#[test]
fn on_every_example_and_corpus_job() {
    let mut differ = Vec::new();
    let (mut same, mut left_out) = (0, 0);
    for path in job_files() {
        let text = std::fs::read_to_string(&path).expect("a job");
        let Some(job) = as_json(&text) else {
            left_out += 1;
            continue;
        };
        match JOB.agrees(&job, &text) {
            Ok(()) => same += 1,
            Err(why) => differ.push(format!("{}: {why}", path.display())),
        }
    }
    eprintln!("{same} jobs agree, {left_out} are no JSON");
    assert!(
        differ.is_empty(),
        "{} differ:\n{}",
        differ.len(),
        differ.join("\n\n")
    );
}

static REAL: LazyLock<Vec<Value>> = LazyLock::new(|| {
    let texts = job_files()
        .into_iter()
        .map(|path| std::fs::read_to_string(path).expect("a job"));
    texts.filter_map(|text| as_json(&text)).collect()
});

/// The examples, and the corpus where it is.
fn job_files() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut files = yaml_files(&root.join("examples/jobs"));
    assert!(!files.is_empty(), "there are examples");
    if let Some(corpus) = common::corpus::corpus("schema_agrees, on the corpus") {
        files.extend(yaml_files(&corpus.join("seed")));
        let cases = std::fs::read_dir(corpus.join("pipelines")).expect("the samples");
        files.extend(cases.flatten().map(|case| case.path().join("job.yaml")));
    }
    files
}

fn yaml_files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).expect("a folder");
    let mut files: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    files.retain(|path| path.extension().is_some_and(|end| end == "yaml"));
    files.sort();
    files
}

/// A document as JSON; `None` when a key of it is no text, which JSON cannot say.
fn as_json(text: &str) -> Option<Value> {
    let document = job_schema::yaml::load(text).expect("YAML");
    exceptions::has_text_keys(&document.root)
        .then(|| serde_json::to_value(parse_value(text).expect("YAML")).expect("plain data"))
}
