//! From a test definition to what a role does: `install.sh`, then `run.sh`, as far as they can be read.

use std::collections::BTreeMap;

use job_schema::Span;
use job_schema::multinode::Role;
use job_schema::test::definitions::{Definition, From};
use job_schema::testdef::TestDefinition;

use super::call::{Place, Unknown};
use super::memory::Memory;
use super::program::Item;
use super::roles::Reader;
use super::shell;
use super::source::Script;
use super::walk::Walker;

impl Reader<'_, '_> {
    pub(super) fn definition(
        &mut self,
        role: &Role,
        path: &str,
        written: &Definition,
        items: &mut Vec<Item>,
    ) {
        items.push(Item::Definition);
        let span = written.name.span;
        match &written.from {
            From::Inline { definition, .. } => {
                let path = format!("{path}.repository");
                let place = Origin {
                    path,
                    file: None,
                    span,
                    text: self.text,
                    files: &BTreeMap::new(),
                };
                self.scripts(role, &place, written, definition, items);
            }
            From::Git { .. } | From::Url { .. } | From::Path { .. } => {
                let load = &mut *self.load;
                let loaded = self
                    .loaded
                    .entry(written)
                    .or_insert_with(|| load(written))
                    .clone();
                let read = loaded.and_then(|loaded| {
                    let parsed = job_schema::parse_test_definition(&loaded.file, &loaded.text);
                    Some((parsed.definition?, loaded))
                });
                let Some((definition, loaded)) = read else {
                    let why = format!("the test {} is not read", *written.name);
                    return self.unknown(role, path, span, &why, items);
                };
                let place = Origin {
                    path: path.to_owned(),
                    file: Some(&loaded.file),
                    span,
                    text: &loaded.text,
                    files: &loaded.files,
                };
                self.scripts(role, &place, written, &definition, items);
            }
        }
    }

    pub(super) fn unknown(
        &mut self,
        role: &Role,
        path: &str,
        span: Span,
        why: &str,
        items: &mut Vec<Item>,
    ) {
        let index = self.book.add_unknown(Unknown {
            role: role.name.value.clone(),
            why: why.to_owned(),
            place: Place {
                path: path.to_owned(),
                span,
                file: None,
            },
        });
        items.push(Item::Unknown(index));
    }

    /// `install.sh`, then `run.sh`.
    fn scripts(
        &mut self,
        role: &Role,
        origin: &Origin,
        written: &Definition,
        definition: &TestDefinition,
        items: &mut Vec<Item>,
    ) {
        let skips = |part: &str| written.skip_install.iter().any(|s| s == part || s == "all");
        let install = definition.install.as_ref().filter(|_| !skips("steps"));
        let parts = [
            ("install.steps", install.map(|install| &install.steps)),
            ("run.steps", Some(&definition.steps)),
        ];
        for (part, steps) in parts {
            let Some(steps) = steps.filter(|steps| !steps.is_empty()) else {
                continue;
            };
            let path = format!("{}.{part}", origin.path);
            let script = Script::of_steps(steps, origin.text, &path, origin.file, origin.span);
            let Ok(list) = shell::parse(&script.text) else {
                let why = format!(
                    "the {part} of {} cannot be read as a shell script",
                    *written.name
                );
                self.unknown(role, &path, origin.span, &why, items);
                continue;
            };
            let memory = self.memory(role, written, definition);
            let (book, source) = (&mut *self.book, self.text);
            let mut walker = Walker::new(book, &role.name, source, origin.files, memory, script);
            walker.installed = self.installed;
            walker.list(&list);
            items.append(&mut walker.out);
            self.installed |= walker.installed;
        }
    }

    fn memory(&self, role: &Role, written: &Definition, definition: &TestDefinition) -> Memory {
        let environment = role.environment.iter();
        let environment =
            environment.filter_map(|(name, value)| Some((name.clone(), value.as_shell_text()?)));
        let parameters = definition.parameters.iter().chain(&written.parameters);
        let parameters = parameters.map(|(name, value)| (name.clone(), value.clone()));
        Memory {
            variables: environment
                .chain(parameters)
                .map(|(name, value)| (name, Some(value)))
                .collect(),
            folder: Some(String::new()),
            ..Memory::default()
        }
    }
}

/// Where the steps of a definition stand.
struct Origin<'a> {
    path: String,
    file: Option<&'a str>,
    /// In the job.
    span: Span,
    /// The text that the steps' places belong to.
    text: &'a str,
    files: &'a BTreeMap<String, String>,
}
