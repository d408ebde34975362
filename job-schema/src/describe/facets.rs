//! The plain schemas that hold for one value, found through references, methods and alternatives.

use serde_json::Value;

use super::fits::{fits, list, target};
use crate::yaml::Node;

/// A definition that refers to itself without end.
const DEEPEST: usize = 32;

/// A schema that holds for a value.
#[derive(Debug, Clone, Copy)]
pub(super) struct Facet<'s> {
    pub(super) schema: &'s Value,
    /// The method (or form) whose keys these are: the title of its definition.
    pub(super) method: Option<&'s str>,
    /// It holds; otherwise it is one of several that may.
    pub(super) certain: bool,
}

/// Finds facets. Without a value every method and alternative is taken.
pub(super) struct Search<'s> {
    root: &'s Value,
    found: Vec<Facet<'s>>,
}

/// The facets of `schema` for the value `node`, the outermost first.
pub(super) fn facets<'s>(
    schema: &'s Value,
    node: Option<&Node>,
    root: &'s Value,
) -> Vec<Facet<'s>> {
    let mut search = Search {
        root,
        found: Vec::new(),
    };
    let whole = Facet {
        schema,
        method: None,
        certain: true,
    };
    search.add(whole, node, DEEPEST);
    search.found
}

impl<'s> Search<'s> {
    fn add(&mut self, facet: Facet<'s>, node: Option<&Node>, depth: usize) {
        let Some(depth) = depth.checked_sub(1) else {
            return;
        };
        let Some(object) = facet.schema.as_object() else {
            return;
        };
        self.found.push(facet);
        if let Some(to) = object.get("$ref").and_then(|to| target(to, self.root)) {
            self.add(
                Facet {
                    schema: to,
                    ..facet
                },
                node,
                depth,
            );
        }
        if object.contains_key("if") {
            self.ask(&[facet.schema], facet, node, depth);
        }
        if let Some(all) = object.get("allOf") {
            let (questions, facts): (Vec<_>, Vec<_>) =
                list(all).iter().partition(|part| part.get("if").is_some());
            for fact in facts {
                self.add(
                    Facet {
                        schema: fact,
                        ..facet
                    },
                    node,
                    depth,
                );
            }
            self.ask(&questions, facet, node, depth);
        }
        for choice in ["anyOf", "oneOf"] {
            if let Some(options) = object.get(choice) {
                self.choose(list(options), facet, node, depth);
            }
        }
    }

    /// Follows the questions that the value answers with yes; when it answers none, all of them may come.
    fn ask(
        &mut self,
        questions: &[&'s Value],
        facet: Facet<'s>,
        node: Option<&Node>,
        depth: usize,
    ) {
        // All questions are about keys: what is no mapping yet answers none.
        let mapping = node.filter(|node| node.as_map().is_some());
        let answers: Vec<&'s Value> = questions
            .iter()
            .filter_map(|question| {
                let yes = fits(&question["if"], mapping?, self.root);
                question.get(if yes { "then" } else { "else" })
            })
            .collect();
        let decided = !answers.is_empty();
        let all = questions
            .iter()
            .flat_map(|question| [question.get("then"), question.get("else")])
            .flatten();
        let next: Vec<&'s Value> = if decided { answers } else { all.collect() };
        let several = questions.len() > 1 || next.len() > 1;
        for schema in next {
            let title = schema
                .get("$ref")
                .and_then(|to| target(to, self.root)?.get("title")?.as_str());
            let facet = Facet {
                schema,
                method: title.or(facet.method),
                certain: facet.certain && (decided || !several),
            };
            self.add(facet, node, depth);
        }
    }

    /// Follows the alternative that fits best; without a value all of them.
    fn choose(
        &mut self,
        options: &'s [Value],
        facet: Facet<'s>,
        node: Option<&Node>,
        depth: usize,
    ) {
        // Alternatives that only say which keys are needed tell nothing.
        let mut telling = options
            .iter()
            .filter(|option| !is_requirement(option))
            .peekable();
        if telling.peek().is_none() {
            return;
        }
        let telling: Vec<&'s Value> = telling.collect();
        let best = node.and_then(|node| {
            let fitting = telling.iter().find(|option| fits(option, node, self.root));
            fitting
                .or_else(|| {
                    telling
                        .iter()
                        .find(|option| same_shape(option, node, self.root))
                })
                .copied()
        });
        match best {
            Some(schema) => self.add(Facet { schema, ..facet }, node, depth),
            None => {
                for schema in telling {
                    let facet = Facet {
                        schema,
                        certain: false,
                        ..facet
                    };
                    self.add(facet, node, depth);
                }
            }
        }
    }
}

fn is_requirement(schema: &Value) -> bool {
    let mut keys = schema
        .as_object()
        .into_iter()
        .flat_map(|object| object.keys());
    keys.all(|key| key == "required")
}

/// A mapping for a mapping, a list for a list.
fn same_shape(schema: &Value, node: &Node, root: &Value) -> bool {
    let schema = schema
        .get("$ref")
        .and_then(|to| target(to, root))
        .unwrap_or(schema);
    match schema.get("type").and_then(Value::as_str) {
        Some("object") => node.as_map().is_some(),
        Some("array") => node.as_seq().is_some(),
        _ => false,
    }
}
