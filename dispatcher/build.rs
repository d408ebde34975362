//! Makes JSON of the methods in `device-types/methods/`, which is read many times faster than YAML: each plan reads some.
//!
//! Out: `methods.rs`, two tables of names and texts: of the methods, and of the parts that they share. They are sorted by name.

use std::collections::BTreeMap;
use std::error::Error;
use std::path::{Path, PathBuf};
use std::{env, fs};

use serde_yaml::Value;

type Texts = BTreeMap<String, String>;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = Path::new("../device-types/methods");
    println!("cargo::rerun-if-changed={}", folder.display());
    let mut methods = Texts::new();
    for section in ["boot", "deploy"] {
        for file in files(&folder.join(section))? {
            let method = file.file_stem().and_then(|stem| stem.to_str());
            let method = method.ok_or_else(|| format!("{} is no name", file.display()))?;
            let text = serde_json::to_string(&read(&file)?)?;
            methods.insert(format!("{section}/{method}"), text);
        }
    }
    let mut parts = Texts::new();
    for file in files(folder)? {
        let Value::Mapping(more) = read(&file)? else {
            return Err(format!("{}: parts are a mapping", file.display()).into());
        };
        for (name, items) in more {
            let name = name.as_str().unwrap_or_default().to_owned();
            let text = serde_json::to_string(&items)?;
            if parts.insert(name.clone(), text).is_some() {
                return Err(format!("there are two parts called `{name}`").into());
            }
        }
    }
    let tables = [
        table("METHODS", "MethodFile", &methods),
        table("PARTS", "Vec<Item>", &parts),
    ];
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or("cargo sets OUT_DIR")?);
    Ok(fs::write(out.join("methods.rs"), tables.concat())?)
}

/// The files of a folder that are YAML.
fn files(folder: &Path) -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let all = fs::read_dir(folder)?.map(|entry| Ok(entry?.path()));
    let all: Vec<PathBuf> = all.collect::<Result<_, std::io::Error>>()?;
    let is_yaml = |file: &PathBuf| file.extension().is_some_and(|end| end == "yaml");
    Ok(all.into_iter().filter(is_yaml).collect())
}

fn read(file: &Path) -> Result<Value, Box<dyn Error>> {
    let text = fs::read_to_string(file)?;
    serde_yaml::from_str(&text).map_err(|e| format!("{}: {e}", file.display()).into())
}

/// A static of `dispatcher/src/plan/method/embedded.rs`.
fn table(name: &str, of: &str, texts: &Texts) -> String {
    let entries: String = texts
        .iter()
        .map(|(name, text)| format!("    Embedded::new({name:?}, {text:?}),\n"))
        .collect();
    let count = texts.len();
    format!("static {name}: [Embedded<{of}>; {count}] = [\n{entries}];\n")
}
