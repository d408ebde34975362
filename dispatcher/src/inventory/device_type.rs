//! Device types: YAML merged along `extends:`, with handlebars inside its scalars.
//!
//! Merging is done on data and before rendering, so a template can never break the YAML around it. Child wins, lists
//! replace, and a key written `+key` appends to the parent's list.

use std::collections::BTreeSet;
use std::path::Path;

use handlebars::template::{Parameter, TemplateElement};
use handlebars::{
    Context, Handlebars, Helper, Output, PathSeg, RenderContext, RenderErrorReason, Template,
};
use indexmap::IndexMap;
use job_schema::yaml::Value;

use crate::failure::{Class, Failure};

/// The device types that come with `dispatch`.
const EMBEDDED: &[(&str, &str)] = &[
    ("base", include_str!("../../../device-types/base.yaml")),
    ("ssh", include_str!("../../../device-types/ssh.yaml")),
    (
        "sandbox",
        include_str!("../../../device-types/sandbox.yaml"),
    ),
    (
        "mustang",
        include_str!("../../../device-types/mustang.yaml"),
    ),
];

/// A device type with its parents merged in, not rendered yet.
#[derive(Debug, Clone)]
pub struct DeviceType {
    /// Variables that a device may set, and the keys of those that are mappings (empty: any value).
    pub variables: IndexMap<String, Vec<String>>,
    template: Value,
}

/// Reads the type `name`: from `device-types/` of the lab folder, else one that comes with `dispatch`.
///
/// # Errors
/// Configuration when there is no such type, its file is not YAML, or `extends:` goes in a circle.
pub fn load(name: &str, lab: Option<&Path>) -> Result<DeviceType, Failure> {
    let mut seen = Vec::new();
    let mut template = load_merged(name, lab, &mut seen)?;
    let mut variables = IndexMap::new();
    if let Value::Map(map) = &mut template
        && let Some(Value::Map(declared)) = map.shift_remove("variables")
    {
        for (variable, keys) in declared {
            variables.insert(variable, text_list(&keys));
        }
    }
    Ok(DeviceType {
        variables,
        template,
    })
}

/// Names of the types that a lab knows.
#[must_use]
pub fn names(lab: Option<&Path>) -> Vec<String> {
    let mut names: Vec<String> = EMBEDDED.iter().map(|(n, _)| (*n).to_owned()).collect();
    let folder = lab.map(|l| l.join("device-types"));
    if let Some(entries) = folder.and_then(|f| std::fs::read_dir(f).ok()) {
        names.extend(entries.flatten().filter_map(|e| {
            let name = e.file_name().into_string().ok()?;
            Some(name.strip_suffix(".yaml")?.to_owned())
        }));
    }
    names.retain(|n| n != "base");
    names.sort();
    names.dedup();
    names
}

fn load_merged(name: &str, lab: Option<&Path>, seen: &mut Vec<String>) -> Result<Value, Failure> {
    if seen.iter().any(|s| s == name) {
        seen.push(name.to_owned());
        return Err(configuration(format!(
            "device types extend each other in a circle: {}",
            seen.join(" → ")
        )));
    }
    seen.push(name.to_owned());
    let (file, text) = source(name, lab)?;
    let value = job_schema::parse_value(&text).map_err(|f| {
        configuration(format!(
            "{file}:{}:{}: {}",
            f.span.line, f.span.column, f.message
        ))
    })?;
    let Value::Map(mut own) = value else {
        return Err(configuration(format!("{file}: a device type is a mapping")));
    };
    match own.shift_remove("extends") {
        None => Ok(Value::Map(own)),
        Some(Value::Str(parent)) => {
            let mut merged = load_merged(&parent, lab, seen)?;
            merge(&mut merged, Value::Map(own));
            Ok(merged)
        }
        Some(_) => Err(configuration(format!(
            "{file}: `extends` is the name of one device type"
        ))),
    }
}

/// The name of the file of a type, as it is shown, and its text.
///
/// # Errors
/// Configuration: there is no such type, or its file cannot be read.
pub(crate) fn source(name: &str, lab: Option<&Path>) -> Result<(String, String), Failure> {
    let own = lab.map(|l| l.join("device-types").join(format!("{name}.yaml")));
    if let Some(path) = own.filter(|p| p.is_file()) {
        let text = std::fs::read_to_string(&path)
            .map_err(|e| configuration(format!("cannot read {}: {e}", path.display())))?;
        return Ok((path.display().to_string(), text));
    }
    EMBEDDED
        .iter()
        .find(|(n, _)| *n == name)
        .map(|(n, text)| (format!("device-types/{n}.yaml"), (*text).to_owned()))
        .ok_or_else(|| {
            configuration(format!(
                "there is no device type {name}; there are: {}",
                names(lab).join(", ")
            ))
        })
}

fn merge(into: &mut Value, from: Value) {
    match (into, from) {
        (Value::Map(into), Value::Map(from)) => {
            for (key, value) in from {
                if let Some(key) = key.strip_prefix('+')
                    && let (Some(Value::Seq(list)), Value::Seq(more)) = (into.get_mut(key), &value)
                {
                    list.extend(more.iter().cloned());
                } else if let Some(old) = into.get_mut(&key) {
                    merge(old, value);
                } else {
                    into.insert(key, value);
                }
            }
        }
        (into, from) => *into = from,
    }
}

impl DeviceType {
    /// Names that a job's `context` can have an effect under: variables that a device sets, those that the type's
    /// expressions read, and constants.
    #[must_use]
    pub fn context_names(&self) -> BTreeSet<String> {
        let mut names: BTreeSet<String> = self.variables.keys().cloned().collect();
        read_by_expressions(&self.template, &mut names);
        let constants = match &self.template {
            Value::Map(map) => map.get("constants"),
            _ => None,
        };
        if let Some(Value::Map(constants)) = constants {
            for (name, value) in constants {
                match value {
                    Value::Map(of_prefix) => names.extend(of_prefix.keys().cloned()),
                    _ => _ = names.insert(name.clone()),
                }
            }
        }
        names
    }

    /// Fills in a device's variables and the job's context (which wins).
    ///
    /// # Errors
    /// Configuration: a variable that the type needs and the device does not set.
    pub fn render(
        &self,
        device: &str,
        variables: &IndexMap<String, Value>,
        context: &IndexMap<String, Value>,
    ) -> Result<serde_json::Value, Failure> {
        let mut engine = Handlebars::new();
        engine.set_strict_mode(true);
        engine.register_escape_fn(handlebars::no_escape);
        engine.register_helper("default", Box::new(default_helper));
        let mut all = variables.clone();
        all.extend(context.iter().map(|(k, v)| (k.clone(), v.clone())));
        let data = serde_json::to_value(&all)
            .map_err(|e| configuration(format!("device {device}: {e}")))?;
        render_value(&engine, &self.template, &data)
            .map_err(|e| configuration(format!("device {device}: {e}")))
    }
}

fn render_value(
    engine: &Handlebars<'_>,
    template: &Value,
    data: &serde_json::Value,
) -> Result<serde_json::Value, String> {
    Ok(match template {
        Value::Str(text) if text.contains("{{") => {
            let rendered = engine
                .render_template(text, data)
                .map_err(|e| format!("`{text}`: {}; set it in the device file", e.reason()))?;
            let whole =
                text.starts_with("{{") && text.ends_with("}}") && text.matches("{{").count() == 1;
            // A scalar that is one expression has the type that its value would have if it were written there.
            match job_schema::parse_value(&rendered) {
                Ok(value @ (Value::Bool(_) | Value::Int(_))) if whole => {
                    serde_json::to_value(value).map_err(|e| e.to_string())?
                }
                _ => serde_json::Value::String(rendered),
            }
        }
        Value::Seq(list) => list
            .iter()
            .map(|v| render_value(engine, v, data))
            .collect::<Result<Vec<_>, _>>()?
            .into(),
        Value::Map(map) => serde_json::Value::Object(
            map.iter()
                .map(|(k, v)| Ok((k.clone(), render_value(engine, v, data)?)))
                .collect::<Result<_, String>>()?,
        ),
        plain => serde_json::to_value(plain).map_err(|e| e.to_string())?,
    })
}

fn read_by_expressions(template: &Value, names: &mut BTreeSet<String>) {
    match template {
        Value::Str(text) if text.contains("{{") => {
            // A text that is no template fails when it is rendered, with its device.
            let Ok(template) = Template::compile(text) else {
                return;
            };
            for element in &template.elements {
                if let TemplateElement::Expression(it) | TemplateElement::HtmlExpression(it) =
                    element
                {
                    [&it.name]
                        .into_iter()
                        .chain(&it.params)
                        .for_each(|parameter| names.extend(first_name(parameter)));
                }
            }
        }
        Value::Seq(list) => list.iter().for_each(|v| read_by_expressions(v, names)),
        Value::Map(map) => map.values().for_each(|v| read_by_expressions(v, names)),
        _ => {}
    }
}

/// `ssh` of `ssh.host`.
fn first_name(parameter: &Parameter) -> Option<String> {
    match parameter {
        Parameter::Path(handlebars::Path::Relative((segments, _))) => match segments.first()? {
            PathSeg::Named(name) => Some(name.clone()),
            _ => None,
        },
        _ => None,
    }
}

/// `{{default a b}}`: a where it is set, else b.
fn default_helper(
    helper: &Helper<'_>,
    _: &Handlebars<'_>,
    _: &Context,
    _: &mut RenderContext<'_, '_>,
    out: &mut dyn Output,
) -> Result<(), handlebars::RenderError> {
    let missing = RenderErrorReason::ParamNotFoundForIndex("default", 1);
    let fallback = helper.param(1).ok_or(missing)?;
    let value = helper
        .param(0)
        .filter(|p| !p.is_value_missing() && !p.value().is_null())
        .unwrap_or(fallback)
        .value();
    match value {
        serde_json::Value::String(text) => out.write(text)?,
        other => out.write(&other.to_string())?,
    }
    Ok(())
}

fn text_list(value: &Value) -> Vec<String> {
    match value {
        Value::Seq(list) => list.iter().filter_map(Value::as_shell_text).collect(),
        _ => Vec::new(),
    }
}

fn configuration(message: String) -> Failure {
    Failure::new(Class::Configuration, message)
}
