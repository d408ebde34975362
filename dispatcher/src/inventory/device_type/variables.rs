//! The variables of a device type: what a device file may set, and of it what a job's `context` may.
//!
//! In: `variables:` and `defaults:` of the merged type. Out: per name what it means, its default and who may set it.

use indexmap::IndexMap;
use job_schema::yaml::Value;

use super::tree::{At, Content, Tree};

/// A variable, or a key of one that is a mapping.
#[derive(Debug, Clone)]
pub struct Variable {
    /// What it sets, in a sentence.
    pub about: String,
    /// Whether a job's `context` may set it too.
    pub context: bool,
    /// Whether a device file must set it.
    pub required: bool,
    /// Of a mapping: what it may hold.
    pub keys: IndexMap<String, Variable>,
    /// Its value where nobody sets it. `None`: nothing.
    pub(super) default: Option<Tree>,
    /// `defaults:` of a type gave it that default.
    pub(super) set: bool,
}

impl Variable {
    /// The default as it is written, expressions and all; `None` where there is none.
    #[must_use]
    pub fn default(&self) -> Option<Value> {
        self.default
            .as_ref()
            .map(written)
            .filter(|it| *it != Value::Null)
    }
}

fn written(tree: &Tree) -> Value {
    match &tree.data {
        Content::Plain(value) => value.clone(),
        Content::Filled(expression) => Value::Str(expression.text.clone()),
        Content::Seq(items) => Value::Seq(items.iter().map(written).collect()),
        Content::Map(map) => Value::Map(
            map.iter()
                .map(|(key, it)| (key.clone(), written(it)))
                .collect(),
        ),
    }
}

/// Reads `variables:` and lays `defaults:` over them.
///
/// # Errors
/// What is wrong, and its place.
pub(super) fn read(
    declared: Option<Tree>,
    defaults: Option<Tree>,
) -> Result<IndexMap<String, Variable>, (At, String)> {
    let mut variables = match declared {
        Some(declared) => table(declared, "variables")?,
        None => IndexMap::new(),
    };
    if let Some(defaults) = defaults {
        set_defaults(&mut variables, defaults, "defaults")?;
    }
    Ok(variables)
}

fn table(declared: Tree, path: &str) -> Result<IndexMap<String, Variable>, (At, String)> {
    let Content::Map(map) = declared.data else {
        let what = format!("`{path}` is a mapping of names to {{about: …, default: …}}");
        return Err((declared.at, what));
    };
    let entry = |(name, says): (String, Tree)| {
        let path = format!("{path}.{name}");
        let at = says.at;
        let variable = variable(says, &path)?;
        if let Some(key) = variable
            .keys
            .iter()
            .find_map(|(key, it)| it.context.then_some(key))
        {
            let what = format!(
                "`{path}.{key}` has `context`, which belongs to `{path}`: a job sets it as a whole"
            );
            return Err((at, what));
        }
        Ok((name, variable))
    };
    map.into_iter().map(entry).collect()
}

fn variable(mut says: Tree, path: &str) -> Result<Variable, (At, String)> {
    let at = says.at;
    let wrong = |what: &str| (at, format!("`{path}` {what}"));
    if !matches!(says.data, Content::Map(_)) {
        return Err(wrong("is a mapping, for example {about: …, default: …}"));
    }
    let about = says.take("about");
    let about = about.as_ref().and_then(Tree::text);
    let about = about
        .ok_or_else(|| wrong("has no text `about`"))?
        .to_owned();
    let mut switch = |name: &str| match says.take(name).map(|it| it.data) {
        None => Ok(false),
        Some(Content::Plain(Value::Bool(on))) => Ok(on),
        Some(_) => Err(wrong(&format!("has `{name}`, which is `true` or `false`"))),
    };
    let (context, required) = (switch("context")?, switch("required")?);
    let keys = match says.take("keys") {
        Some(keys) => table(keys, path)?,
        None => IndexMap::new(),
    };
    let default = says.take("default");
    if let Some(other) = says.map().and_then(|map| map.keys().next()) {
        let has = "about, default, context, required, keys";
        return Err(wrong(&format!("has no key `{other}`; it has: {has}")));
    }
    Ok(Variable {
        about,
        context,
        required,
        keys,
        default,
        set: false,
    })
}

fn set_defaults(
    variables: &mut IndexMap<String, Variable>,
    defaults: Tree,
    path: &str,
) -> Result<(), (At, String)> {
    let Content::Map(map) = defaults.data else {
        return Err((
            defaults.at,
            format!("`{path}` is a mapping of variables to values"),
        ));
    };
    for (name, value) in map {
        let Some(variable) = variables.get_mut(&name) else {
            let what = format!(
                "`{path}.{name}` is no variable; {}",
                known(variables, &name)
            );
            return Err((value.at, what));
        };
        if variable.keys.is_empty() {
            variable.default = Some(value);
            variable.set = true;
        } else {
            set_defaults(&mut variable.keys, value, &format!("{path}.{name}"))?;
        }
    }
    Ok(())
}

/// `did you mean x?`, or `it has: …`.
pub(super) fn known(variables: &IndexMap<String, Variable>, name: &str) -> String {
    let names = variables.keys().map(String::as_str);
    match job_schema::suggest::nearest(name, names.clone()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => listed(names),
    }
}

/// So many are listed in a message.
const MOST_LISTED: usize = 30;

/// `there are: a, b`, or who lists them when they are many.
pub(crate) fn listed<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let names: Vec<&str> = names.collect();
    match names.len() {
        count if count > MOST_LISTED => {
            format!("there are {count}; `dispatch device-types [TYPE]` lists them")
        }
        _ => format!("there are: {}", names.join(", ")),
    }
}
