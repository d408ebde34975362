//! `test: {services: […]}`: containers beside the node, which tests talk to. Planned; this version cannot run them.

use job_schema::test::services::{From, Service, Services};

use crate::actions::deploy::download;
use crate::failure::Class;
use crate::plan::draft::Draft;

const LATER: &str = "services are not started beside the node yet";

/// `lava-test-services[lava-test-service-retry*[lava-test-service[(download-retry*[http-download])]]…]`
pub(super) fn plan(form: &Services) -> Draft {
    let services = form.services.iter().map(|service| {
        let steps = vec![
            Draft::not_runnable("lava-test-service", LATER)
                .blames(Class::Test)
                .with(archive(service)),
        ];
        Draft::group("lava-test-service-retry", steps).retrying()
    });
    Draft::group("lava-test-services", services.collect())
}

/// What gets the archive that a service comes in; a repository is cloned by the service's own step.
fn archive(service: &Service) -> Vec<Draft> {
    match &service.from {
        From::Url(url) => vec![download::retry(&url.repository, |name| {
            Draft::not_runnable(name, LATER).blames(Class::Infrastructure)
        })],
        From::Git(_) => Vec::new(),
    }
}
