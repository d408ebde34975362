//! `docs/new-board.md` and `docs/methods.md`: their examples are checked, shown, planned and, where it can be, run, by the
//! program itself.

#![allow(clippy::unwrap_used, reason = "tests panic")]

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;
use tempfile::TempDir;

fn page(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../docs")
        .join(name);
    fs::read_to_string(path).unwrap()
}

/// The texts between a line of three backticks with this word after it, and the next one of three backticks.
fn fenced<'p>(page: &'p str, word: &str) -> Vec<&'p str> {
    let begin = format!("```{word}\n");
    let blocks = page.split(&begin).skip(1);
    blocks
        .map(|rest| &rest[..rest.find("```").unwrap()])
        .collect()
}

/// A folder with the examples of a page that say in their first line which file they are.
fn files_of(page: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for text in fenced(page, "yaml") {
        let name = text.lines().next().unwrap().strip_prefix("# ").unwrap();
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

/// Exit code, and what was said on both outputs.
fn dispatch(folder: &Path, words: &str) -> (i32, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_dispatch"))
        .args(words.split(' '))
        .current_dir(folder)
        .env("DISPATCH_STATE", folder.join("state"))
        .output()
        .unwrap();
    let said = [output.stdout, output.stderr].concat();
    (
        output.status.code().unwrap(),
        String::from_utf8(said).unwrap(),
    )
}

fn good(folder: &Path, words: &str) -> String {
    let (code, said) = dispatch(folder, words);
    assert_eq!(code, 0, "dispatch {words}: {said}");
    said
}

#[test]
fn a_new_board_is_checked_shown_and_planned() {
    let page = page("new-board.md");
    let place = files_of(&page);
    let folder = place.path();
    assert_eq!(
        good(folder, "lab check my-lab"),
        "nothing wrong in 2 files\n"
    );
    assert_eq!(
        good(folder, "check job.yaml --lab my-lab"),
        "nothing wrong in 1 file\n"
    );
    let shown = good(folder, "devices show my-board-1 --lab my-lab");
    assert!(
        shown.contains("(bootloader_prompt: my-lab/device-types/my-board.yaml:6)"),
        "{shown}"
    );
    let planned = good(folder, "plan job.yaml --lab my-lab --commands");
    let talk = fenced(&page, "text")[0];
    assert!(planned.contains(talk), "{planned}");
    assert!(
        planned.ends_with(" cannot be run: why, is in brackets; `submit` refuses the job\n"),
        "{planned}"
    );
    let (code, said) = dispatch(folder, "submit job.yaml --lab my-lab");
    assert_eq!(code, 2, "{said}");
    assert!(said.contains("nothing was run"), "{said}");
    let (_, runs) = dispatch(folder, "runs --json");
    assert_eq!(runs, "", "a run was made");
    // The same device, rendered, is the same device for a job.
    fs::write(folder.join("my-board-1.yaml"), shown).unwrap();
    let again = good(folder, "plan job.yaml --device my-board-1.yaml --commands");
    assert!(again.contains(talk), "{again}");
}

#[test]
fn a_method_of_a_device_type_is_planned_as_shown_and_runs() {
    let page = page("methods.md");
    let place = files_of(&page);
    let folder = place.path();
    assert_eq!(
        good(folder, "lab check my-lab"),
        "nothing wrong in 2 files\n"
    );
    let planned = good(folder, "plan job.yaml --lab my-lab");
    let steps = fenced(&page, "text")[0];
    assert!(planned.contains(steps), "{planned}");
    // With programs that every machine has, it runs.
    for file in ["device-types/my-mcu.yaml", "devices/my-mcu-1.yaml"] {
        let path = folder.join("my-lab").join(file);
        let text = fs::read_to_string(&path).unwrap();
        let text = text
            .replace("[flash-mcu,", "[echo,")
            .replace("pduclient", "echo")
            .replace("/dev/serial/by-id/usb-{{device.board_id}}", "/dev/null");
        fs::write(path, text).unwrap();
    }
    let said = good(folder, "submit job.yaml --lab my-lab");
    assert!(said.contains(": pass in "), "{said}");
    assert_eq!(
        good(folder, "logs latest"),
        "node > $ echo --daemon pdu --port 4 --command reboot\n\
         node > --daemon pdu --port 4 --command reboot\n\
         node > $ echo --serial 0123 --address 0x8000 blinky.bin\n\
         node > --serial 0123 --address 0x8000 blinky.bin\n\
         node > $ echo --daemon pdu --port 4 --command off\n\
         node > --daemon pdu --port 4 --command off\n"
    );
}

/// A board on which an example's steps are the ones that boot it, and a job.
const DEVICE: &str = "\
board_id: '0123'
commands: {connect: telnet board 7001, hard_reset: reset, recovery_mode: recover}
actions:
  deploy: {methods: {image: {}}}
  boot:
    methods:
      minimal:
        parameters: {options: [a, b]}
        steps:
        - step: example
          steps:
";
const JOB: &str = "
job_name: example
device_type: board
visibility: public
timeouts: {job: {minutes: 9}, action: {minutes: 2}, connection: {minutes: 1}}
actions:
- deploy: {to: tmpfs, images: {firmware: {url: 'http://files.example/firmware.bin'}, readme: {url: 'http://files.example/readme'}}}
- boot: {method: minimal}
";

#[test]
fn every_kind_that_the_page_shows_is_planned() {
    let page = page("methods.md");
    let place = tempfile::tempdir().unwrap();
    fs::write(place.path().join("job.yaml"), JOB).unwrap();
    let mut kinds = Vec::new();
    for example in fenced(&page, "yaml steps") {
        let indented = example.lines().map(|line| format!("          {line}\n"));
        let device = DEVICE.to_owned() + &indented.collect::<String>();
        fs::write(place.path().join("board.yaml"), device).unwrap();
        let said = good(
            place.path(),
            "plan job.yaml --device board.yaml --format full",
        );
        let plan: Value = serde_json::from_str(&said).unwrap();
        let boot = &plan[0]["pipeline"][1]["pipeline"];
        for step in boot.as_array().unwrap() {
            let runs = step["runnable"] != false;
            let why = step["why"].as_str().unwrap_or_default();
            assert!(runs || why.ends_with(" yet"), "{example}: {step:#}");
            kinds.push(step["kind"].as_str().unwrap().to_owned());
        }
    }
    kinds.sort();
    kinds.dedup();
    assert_eq!(
        kinds.join(" "),
        "copy group host later mount power unmount wait"
    );
}

#[test]
fn what_nodes_of_a_role_lack_is_told_once() {
    let job = "
job_name: five boards
visibility: public
timeouts: {job: {minutes: 9}, action: {minutes: 2}, connection: {minutes: 1}}
protocols: {lava-multinode: {roles: {board: {device_type: juno, count: 5}}}}
actions:
- boot: {role: [board], method: minimal}
";
    let place = tempfile::tempdir().unwrap();
    fs::write(place.path().join("job.yaml"), job).unwrap();
    let (code, said) = dispatch(place.path(), "submit job.yaml");
    assert_eq!(code, 2, "{said}");
    assert!(
        said.contains("  board-1, board-2, board-3 and 2 more: 1."),
        "{said}"
    );
    assert!(!said.contains("  board-2:"), "{said}");
}
