//! A scalar with handlebars in it. In: variables. Out: a text, or of a scalar that is one expression, its value.

use std::sync::{Arc, Mutex, PoisonError};

use handlebars::{
    Context, Handlebars, RenderContext, RenderError, RenderErrorReason, Renderable, StringOutput,
    Template,
};
use serde_json::Value as Json;

use super::helpers;

/// A compiled text.
#[derive(Debug, Clone)]
pub(super) struct Expression {
    /// As written.
    pub(super) text: String,
    /// The paths that it may read, for example `power.reset`; helpers are among them.
    pub(super) reads: Vec<String>,
    template: Arc<Template>,
    whole: bool,
}

impl Expression {
    /// # Errors
    /// What is wrong with the text.
    pub(super) fn compile(text: &str) -> Result<Self, String> {
        let inner = text.strip_prefix("{{").and_then(|t| t.strip_suffix("}}"));
        let inner = inner.filter(|inner| !inner.contains("{{") && !inner.contains("}}"));
        let inner = inner.map(str::trim);
        let caught = inner.map(|inner| match inner.contains(char::is_whitespace) {
            true => format!("{{{{{CATCH} ({inner})}}}}"),
            false => format!("{{{{{CATCH} {inner}}}}}"),
        });
        let template = Template::compile(caught.as_deref().unwrap_or(text));
        let template = template.map_err(|e| format!("`{text}`: {}", e.reason()))?;
        Ok(Self {
            text: text.to_owned(),
            reads: reads(text),
            template: Arc::new(template),
            whole: inner.is_some(),
        })
    }

    /// The value of a scalar that is one expression: `null` when it yields nothing; else the text.
    ///
    /// # Errors
    /// A variable or a helper that is not there, in the words of the field.
    pub(super) fn value(&self, engine: &Engine, variables: &Context) -> Result<Json, String> {
        let mut out = StringOutput::new();
        let mut context = RenderContext::new(None);
        self.template
            .render(&engine.registry, variables, &mut context, &mut out)
            .map_err(|e| format!("`{}`: {}", self.text, reason(&e)))?;
        if self.whole {
            let mut caught = engine.caught.lock().unwrap_or_else(PoisonError::into_inner);
            return Ok(caught.take());
        }
        let text = out.into_string().map_err(|e| e.to_string())?;
        Ok(Json::String(text))
    }
}

/// The helper that keeps the value of a whole expression.
const CATCH: &str = "dispatch_value";

/// What fills in expressions.
pub(super) struct Engine {
    registry: Handlebars<'static>,
    caught: Arc<Mutex<Json>>,
}

impl Engine {
    pub(super) fn new() -> Self {
        let mut registry = Handlebars::new();
        registry.set_strict_mode(true);
        registry.register_escape_fn(handlebars::no_escape);
        helpers::register(&mut registry);
        let caught = Arc::new(Mutex::new(Json::Null));
        registry.register_helper(CATCH, Box::new(helpers::Catch(Arc::clone(&caught))));
        Self { registry, caught }
    }
}

fn reason(error: &RenderError) -> String {
    match error.reason() {
        RenderErrorReason::MissingVariable(Some(name)) => {
            format!("there is no variable `{name}`; declare it in `variables:` of the device type")
        }
        RenderErrorReason::HelperNotFound(name) => format!("there is no helper `{name}`"),
        RenderErrorReason::Other(why) => why.clone(),
        other => other.to_string(),
    }
}

/// The words between braces that are neither text nor numbers.
fn reads(text: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for inside in text.split("{{").skip(1) {
        let inside = inside.split("}}").next().unwrap_or_default();
        let mut quote = None;
        let mut word = String::new();
        for c in inside.chars().chain([' ']) {
            match quote {
                Some(open) if c == open => quote = None,
                Some(_) => {}
                None if c == '\'' || c == '"' => quote = Some(c),
                None if c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-') => word.push(c),
                // The name of an argument, `pick arch arm='x'`.
                None if c == '=' => word.clear(),
                None => {
                    if word.starts_with(|c: char| c.is_ascii_alphabetic()) && !found.contains(&word)
                    {
                        found.push(word.clone());
                    }
                    word.clear();
                }
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_outside_of_quotes() {
        let text =
            "a {{default power.reset 'x y'}}{{#if (eq arch \"z\")}}{{pick b c='d' e=f}}{{/if}}";
        assert_eq!(
            reads(text),
            [
                "default",
                "power.reset",
                "if",
                "eq",
                "arch",
                "pick",
                "b",
                "f"
            ]
        );
    }

    #[test]
    fn values_keep_their_type_and_text_is_text() {
        let engine = Engine::new();
        let variables = serde_json::json!({
            "n": 5, "t": "5", "l": [1, "a"], "nothing": null, "no": false, "arch": "arm64", "addr": 0x8200_0000_u32,
        });
        let variables = Context::wraps(variables).unwrap();
        let cases = [
            ("{{n}}", "5"),
            ("{{t}}", r#""5""#),
            ("{{l}}", r#"[1,"a"]"#),
            ("{{nothing}}", "null"),
            ("x{{nothing}}", r#""x""#),
            ("{{n}}{{t}}", r#""55""#),
            ("{{default nothing n}}", "5"),
            ("{{default other 'x'}}", r#""x""#),
            ("{{default no true}}", "false"),
            ("{{join l '; '}}", r#""1; a""#),
            ("{{eq n 5}}", "true"),
            ("{{concat 'a=' n nothing}}", r#""a=5""#),
            ("{{concat l l}}", r#"[1,"a",1,"a"]"#),
            ("{{when no 'x'}}", "null"),
            ("{{when n (concat t '!')}}", r#""5!""#),
            ("{{pick arch arm64='aarch64'}}", r#""aarch64""#),
            ("{{pick t arm64='aarch64'}}", "null"),
            ("{{pick t 'x' arm64='aarch64'}}", r#""x""#),
            ("{{hex addr}}", r#""0x82000000""#),
            ("{{hex '${loadaddr}'}}", r#""${loadaddr}""#),
            ("{{hex nothing}}", "null"),
            ("{{#if (eq arch 'arm64')}}A{{else}}B{{/if}}", r#""A""#),
            (
                "tftp {KERNEL_ADDR} ${x} {{n}}",
                r#""tftp {KERNEL_ADDR} ${x} 5""#,
            ),
        ];
        for (text, value) in cases {
            let expression = Expression::compile(text).unwrap();
            let found = expression.value(&engine, &variables).unwrap();
            assert_eq!(found.to_string(), value, "{text}");
        }
    }

    #[test]
    fn what_is_not_there_is_named() {
        let engine = Engine::new();
        let variables = Context::wraps(serde_json::json!({"a": {}})).unwrap();
        let cases = [
            ("{{other}}", "there is no variable `other`"),
            ("x {{other}}", "there is no variable `other`"),
            ("{{a.b}}", "there is no variable `a.b`"),
            ("{{concat 'x' other}}", "there is no variable `other`"),
            ("{{shout a}}", "there is no helper `shout`"),
        ];
        for (text, says) in cases {
            let expression = Expression::compile(text).unwrap();
            let why = expression.value(&engine, &variables).unwrap_err();
            assert!(why.contains(says), "{text}: {why}");
        }
        assert!(Expression::compile("{{#if a}}x").is_err());
    }
}
