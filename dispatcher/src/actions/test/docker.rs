//! `test: {docker: …, definitions: […]}`: tests that run in a container beside the node. Planned; this version cannot run
//! them.

use job_schema::test::definitions::Definitions;

use crate::actions::deploy::overlay;
use crate::failure::Class;
use crate::plan::context::Context;
use crate::plan::draft::Draft;

const LATER: &str = "tests are not run in containers beside the node yet";

/// `lava-docker-test[lava-docker-test-set-environment, lava-create-overlay[…], (disconnect-device), lava-docker-test-shell,
/// read-feedback]`; the shell of a block with a role talks to other nodes and has a name of its own.
pub(super) fn plan(form: &Definitions, context: &Context<'_>) -> Draft {
    let test = |name| Draft::not_runnable(name, LATER).blames(Class::Test);
    let mut steps = vec![
        test("lava-docker-test-set-environment"),
        overlay::create(context),
    ];
    if form.disconnect_connection == Some(true) {
        steps.push(Draft::not_runnable("disconnect-device", LATER));
    }
    steps.push(match context.block.roles.is_empty() {
        true => test("lava-docker-test-shell"),
        false => test("lava-multinode-docker-test-shell"),
    });
    steps.push(Draft::not_runnable("read-feedback", LATER));
    Draft::group("lava-docker-test", steps).blames(Class::Test)
}
