//! `install.sh` and `run.sh` of a test, and the other files of its folder.

use std::path::PathBuf;

use indexmap::IndexMap;
use job_schema::test::definitions::From;
use job_schema::testdef::{Install, TestDefinition};
use job_schema::yaml::Value;

use super::TestFolder;
use super::os::Os;
use crate::fetch::Fetched;
use crate::plan::stages::TestSpec;

/// Quotes a word for a POSIX shell.
#[must_use]
pub fn quote(word: &str) -> String {
    format!("'{}'", word.replace('\'', r"'\''"))
}

/// Everything that goes into the folder of a test.
#[must_use]
pub fn test_folder(
    test: &TestSpec,
    fetched: &Fetched,
    uuid: &str,
    results_root: &str,
    os: &Os,
    clones: Vec<(String, PathBuf)>,
) -> TestFolder {
    let path = format!("{results_root}/{}/tests/{}", test.stage, test.dir);
    let mut files = vec![
        ("testdef.yaml".to_owned(), yaml(&fetched.source), false),
        (
            "testdef_metadata".to_owned(),
            metadata(test, fetched),
            false,
        ),
        ("uuid".to_owned(), uuid.to_owned(), false),
    ];
    if let From::Inline { .. } = test.definition.from {
        files.push((test.definition.path.clone(), yaml(&fetched.source), false));
    }
    if let Some(install) = &fetched.definition.install {
        let text = install_sh(install, &fetched.definition, test, &path, os);
        files.push(("install.sh".to_owned(), text, true));
    }
    files.push((
        "run.sh".to_owned(),
        run_sh(&fetched.definition, test, &path),
        true,
    ));
    let mut trees: Vec<_> = fetched
        .folder
        .iter()
        .map(|f| (String::new(), f.clone()))
        .collect();
    trees.extend(clones);
    TestFolder {
        stage: test.stage,
        path,
        trees,
        files,
    }
}

/// Defaults of the definition, then what the job sets.
fn parameters(definition: &IndexMap<String, String>, job: &IndexMap<String, String>) -> String {
    let mut text = String::from("###default parameters from test definition###\n");
    let lines = |text: &mut String, values: &IndexMap<String, String>| {
        for (name, value) in values {
            text.push_str(&format!("{name}={}\n", quote(value)));
        }
    };
    lines(&mut text, definition);
    text.push_str("######\n###test parameters from job submission###\n");
    lines(&mut text, job);
    text.push_str("######\n");
    text
}

fn install_sh(
    install: &Install,
    definition: &TestDefinition,
    test: &TestSpec,
    path: &str,
    os: &Os,
) -> String {
    let skips = |part: &str| {
        let skip = &test.definition.skip_install;
        skip.iter().any(|s| s == part || s == "all")
    };
    let mut text = parameters(&definition.parameters, &test.definition.parameters);
    if !skips("keys") {
        for key in &install.keys {
            text.push_str(&format!("lava-add-keys {key}\n"));
        }
    }
    if !skips("sources") {
        for source in &install.sources {
            text.push_str(&format!("lava-add-sources {source}\n"));
        }
    }
    let distro = os.distro.and_then(|d| install.distro_deps.get(d));
    let deps: Vec<&str> = install
        .deps
        .iter()
        .chain(distro.into_iter().flatten())
        .map(String::as_str)
        .collect();
    if !deps.is_empty() && !skips("deps") {
        text.push_str(&format!("lava-install-packages {}\n", deps.join(" ")));
    }
    if !install.steps.is_empty() && !skips("steps") {
        text.push_str(&format!("cd {}\npwd\n", quote(path)));
        for step in &install.steps {
            text.push_str(step);
            text.push('\n');
        }
    }
    text
}

fn run_sh(definition: &TestDefinition, test: &TestSpec, path: &str) -> String {
    let mut text = parameters(&definition.parameters, &test.definition.parameters);
    let kmsg = test.definition.kmsg;
    let signal = |name: &str| {
        if kmsg {
            format!("echo \"<0><LAVA_SIGNAL_{name} $TESTRUN_ID $UUID>\" > /dev/kmsg\n")
        } else {
            format!("echo \"<LAVA_SIGNAL_{name} $TESTRUN_ID $UUID>\"\n")
        }
    };
    text.push_str("set -e\nset -x\n");
    text.push_str(&format!("export TESTRUN_ID={}\n", test.dir));
    text.push_str(&format!("cd {}\n", quote(path)));
    text.push_str("UUID=\"$(cat uuid)\"\nset +x\n");
    if kmsg {
        text.push_str("# USE_KMSG\nexport KMSG=true\n");
    }
    text.push_str(&signal("STARTRUN"));
    text.push_str("set -x\n");
    for step in &definition.steps {
        text.push_str(&protect_positionals(step));
        text.push('\n');
    }
    text.push_str("set +x\n");
    if kmsg {
        text.push_str("unset KMSG\n");
    }
    text.push_str(&signal("ENDRUN"));
    text
}

/// In steps with `--cmd` or `--shell` a `$1` belongs to the command that runs later, not to run.sh.
fn protect_positionals(step: &str) -> String {
    if !step.contains("--cmd") && !step.contains("--shell") {
        return step.to_owned();
    }
    let mut out = String::with_capacity(step.len());
    let mut chars = step.chars().peekable();
    while let Some(c) = chars.next() {
        if c == '$' && chars.peek().is_some_and(char::is_ascii_digit) {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

fn metadata(test: &TestSpec, fetched: &Fetched) -> String {
    let mut map = IndexMap::new();
    let list = |key: &str| {
        let values = fetched
            .definition
            .metadata
            .get(key)
            .cloned()
            .unwrap_or_default();
        Value::Seq(values.into_iter().map(Value::Str).collect())
    };
    map.insert("os".to_owned(), list("os"));
    map.insert("devices".to_owned(), list("devices"));
    map.insert("environment".to_owned(), list("environment"));
    let (vcs, project) = match &test.definition.from {
        From::Git { repository, .. } => ("git", repository.value.as_str()),
        From::Url { repository, .. } => ("url", repository.value.as_str()),
        From::Path { repository } => ("path", repository.value.as_str()),
        From::Inline { .. } => ("inline", ""),
    };
    let name = project
        .trim_end_matches('/')
        .rsplit('/')
        .next()
        .unwrap_or_default();
    map.insert("branch_vcs".to_owned(), Value::Str(vcs.to_owned()));
    map.insert(
        "project_name".to_owned(),
        Value::Str(name.trim_end_matches(".git").to_owned()),
    );
    if let Some(commit) = &fetched.commit {
        map.insert("commit_id".to_owned(), Value::Str(commit.clone()));
    }
    yaml(&Value::Map(map))
}

fn yaml(value: &Value) -> String {
    serde_yaml::to_string(value).expect("plain data is always YAML")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_quoted_for_a_shell() {
        assert_eq!(quote("it's $HOME"), r"'it'\''s $HOME'");
    }

    #[test]
    fn positionals_of_later_commands_survive() {
        assert_eq!(
            protect_positionals("lava-test-case a --shell awk '{print $1}' $X"),
            r"lava-test-case a --shell awk '{print \$1}' $X"
        );
        assert_eq!(protect_positionals("echo $1"), "echo $1");
    }
}
