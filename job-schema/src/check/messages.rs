//! Calls on the bus that actions make.

use crate::job::Job;
use crate::multinode::Request;
use crate::read::Report;

pub(super) fn check(job: &Job, report: &mut Report) {
    for block in &job.actions {
        let path = format!("{}.protocols", block.path);
        for call in &block.protocols {
            if job.multinode().is_none() {
                report
                    .error(
                        "J033",
                        &path,
                        call.action.span,
                        "a job without roles has nobody to talk to",
                    )
                    .help("remove `protocols` from the action, or give the job roles");
            }
            let waits = matches!(call.request, Request::Wait | Request::WaitAll { .. });
            let picks = call.message.values().any(|value| value.starts_with('$'));
            // LAVA: "Unable to identify replaceable values in the parameters".
            if waits && !call.message.is_empty() && !picks {
                let message = format!(
                    "`message` of the wait for `{}` picks nothing",
                    *call.message_id
                );
                let (key, value) = &call.message.first().expect("the message is not empty");
                report
                    .warning("J034", &path, call.message_id.span, message)
                    .help(format!(
                        "to pick `{key}` out of the answer write `{key}: ${key}`, not `{value}`"
                    ));
            }
        }
    }
}
