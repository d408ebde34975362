//! `deploy: {to: tftp}`: kernel, ramdisk and root file system for a boot loader. Planned; this version cannot run it.

use job_schema::deploy::download::Download;
use job_schema::deploy::{Deploy, To};

use super::{download, overlay};
use crate::failure::Class;
use crate::plan::draft::Draft;
use crate::plan::node::Context;

/// `tftp-deploy[lava-overlay, download-retry…, prepare-tftp-overlay[…], deploy-device-env]`
pub(super) fn plan(deploy: &Deploy, context: &Context<'_>) -> Draft {
    let To::Tftp(tftp) = &deploy.to else {
        return Draft::not_runnable("tftp-deploy");
    };
    let with_overlay = context.needs_overlay();
    let mut steps = Vec::new();
    if with_overlay {
        steps.push(overlay::plan(context));
    }
    let files = [
        tftp.ramdisk.as_ref().map(|ramdisk| &ramdisk.file),
        tftp.kernel.as_ref().map(|kernel| &kernel.file),
        tftp.dtb.as_ref(),
        tftp.nfsrootfs.as_ref().map(|root| &root.file),
        tftp.modules.as_ref(),
    ];
    steps.extend(files.into_iter().flatten().map(download));
    let mut prepare = vec![
        Draft::not_runnable("extract-nfsrootfs").blames(Class::Infrastructure),
        Draft::not_runnable("parse-persistent-nfs"),
        Draft::not_runnable("extract-overlay-ramdisk").blames(Class::Infrastructure),
        Draft::not_runnable("extract-modules").blames(Class::Infrastructure),
    ];
    if with_overlay {
        prepare.push(Draft::not_runnable("apply-overlay-tftp").blames(Class::Infrastructure));
    }
    if tftp
        .kernel
        .as_ref()
        .is_some_and(|kernel| kernel.kind.is_some())
    {
        prepare.push(Draft::group(
            "prepare-kernel",
            vec![Draft::not_runnable("uboot-prepare-kernel")],
        ));
    }
    prepare.push(Draft::not_runnable("configure-preseed-file"));
    prepare.push(Draft::not_runnable("compress-ramdisk"));
    steps.push(Draft::group("prepare-tftp-overlay", prepare));
    if with_overlay {
        steps.push(Draft::group("deploy-device-env", Vec::new()));
    }
    Draft::group("tftp-deploy", steps)
}

fn download(file: &Download) -> Draft {
    download::retry(&file.url, |name| {
        Draft::not_runnable(name).blames(Class::Infrastructure)
    })
}
