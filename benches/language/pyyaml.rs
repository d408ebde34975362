//! Agreement with PyYAML: the same values of the same types in the same order, or both refuse.

use std::io::Write;
use std::process::{Command, Stdio};

use job_schema::yaml::{Data, Node, load};

use common::corpus::folder;

use crate::corpus::Row;

/// How far we agree.
pub(crate) struct Agreement {
    pub(crate) texts: usize,
    pub(crate) same: usize,
    pub(crate) differences: Vec<String>,
}

/// Compares every document of the corpus. Needs `python3` with PyYAML.
pub(crate) fn compare(rows: &[Row]) -> Result<Agreement, String> {
    let mut texts: Vec<(String, String)> = files()?;
    texts.extend(rows.iter().map(|row| (row.name.clone(), row.job.clone())));
    let theirs = python(&texts)?;
    let mut all = Agreement {
        texts: texts.len(),
        same: 0,
        differences: Vec::new(),
    };
    for ((name, text), theirs) in texts.iter().zip(&theirs) {
        let ours =
            load(text).map_or_else(|_| "refused".to_owned(), |document| written(&document.root));
        if ours == *theirs {
            all.same += 1;
        } else {
            all.differences.push(name.clone());
        }
    }
    Ok(all)
}

/// The YAML files of the corpus.
fn files() -> Result<Vec<(String, String)>, String> {
    let mut files = Vec::new();
    let mut folders = vec![folder().ok_or("no corpus (set DISPATCH_CORPUS)")?];
    while let Some(folder) = folders.pop() {
        let entries =
            std::fs::read_dir(&folder).map_err(|e| format!("{}: {e}", folder.display()))?;
        for entry in entries {
            let path = entry.map_err(|e| e.to_string())?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path
                .extension()
                .is_some_and(|extension| extension == "yaml")
            {
                let text = std::fs::read_to_string(&path)
                    .map_err(|e| format!("{}: {e}", path.display()))?;
                files.push((path.display().to_string(), text));
            }
        }
    }
    files.sort();
    Ok(files)
}

/// Reads each line of its input, a text as JSON, and writes its value in one line.
const READER: &str = r#"
import datetime, json, struct, sys, yaml
loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
def written(v):
    if v is None: return "null"
    if v is True or v is False: return "bool %d" % v
    if isinstance(v, int): return "int %d" % v
    if isinstance(v, float): return "float " + struct.pack(">d", v).hex()
    if isinstance(v, str): return json.dumps(v, ensure_ascii=False)
    if isinstance(v, bytes): return "bytes"
    if isinstance(v, datetime.date): return "date"
    if isinstance(v, list): return "[" + ",".join(map(written, v)) + "]"
    if isinstance(v, dict): return "{" + ",".join(written(k) + ":" + written(x) for k, x in v.items()) + "}"
    return type(v).__name__
for line in sys.stdin:
    try:
        print(written(yaml.load(json.loads(line), Loader=loader)))
    except yaml.YAMLError:
        print("refused")
"#;

fn python(texts: &[(String, String)]) -> Result<Vec<String>, String> {
    let has_it = Command::new("python3")
        .args(["-c", "import yaml"])
        .stderr(Stdio::null())
        .status();
    if !has_it.is_ok_and(|status| status.success()) {
        return Err("needs python3 with PyYAML".to_owned());
    }
    let mut child = Command::new("python3")
        .args(["-X", "utf8", "-c", READER])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|e| format!("python3: {e}"))?;
    let mut stdin = child.stdin.take().ok_or("python3 has no input")?;
    let mut lines = String::new();
    for (_, text) in texts {
        lines.push_str(&serde_json::to_string(text).map_err(|e| e.to_string())?);
        lines.push('\n');
    }
    // Both pipes can be full: the input is written beside reading the output.
    let writer = std::thread::spawn(move || stdin.write_all(lines.as_bytes()));
    let output = child.wait_with_output().map_err(|e| e.to_string())?;
    writer
        .join()
        .map_err(|_| "the writer broke")?
        .map_err(|e| e.to_string())?;
    let text = String::from_utf8(output.stdout).map_err(|e| e.to_string())?;
    let values: Vec<String> = text.lines().map(str::to_owned).collect();
    if values.len() == texts.len() {
        Ok(values)
    } else {
        Err(format!(
            "python3 answered {} of {} texts",
            values.len(),
            texts.len()
        ))
    }
}

/// As the reader above writes it.
fn written(node: &Node) -> String {
    match node.data() {
        Data::Null => "null".to_owned(),
        Data::Bool(yes) => format!("bool {}", u8::from(*yes)),
        Data::Int(number) => format!("int {number}"),
        Data::BigInt(digits) => format!("int {digits}"),
        Data::Float(number) => format!("float {:016x}", number.to_bits()),
        Data::Str(text) => serde_json::Value::from(&**text).to_string(),
        Data::Date(_) => "date".to_owned(),
        Data::Binary(_) => "bytes".to_owned(),
        Data::Seq(items) => {
            let items: Vec<String> = items.iter().map(written).collect();
            format!("[{}]", items.join(","))
        }
        Data::Map(entries) => {
            let pair = |entry: &job_schema::yaml::Entry| {
                format!("{}:{}", written(&entry.key), written(&entry.value))
            };
            let pairs: Vec<String> = entries.iter().map(pair).collect();
            format!("{{{}}}", pairs.join(","))
        }
    }
}
