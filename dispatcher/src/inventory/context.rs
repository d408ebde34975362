//! What a job's `context` may set of a device.
//!
//! In: the keys of a context and a device type, or a device. Out: the keys that have no effect, and why.

use job_schema::Job;
use job_schema::multinode::RoleKind;
use job_schema::suggest::nearest;

use super::device_type::Refusal;
use super::entry::Entry;
use super::given::Given;
use super::lab::Inventory;

impl Inventory {
    /// The keys of a job's `context` that have no effect on a device type, and why. Templates of LAVA's may read any.
    #[must_use]
    pub fn without_effect<'c>(
        &self,
        device_type: &str,
        context: impl Iterator<Item = &'c str>,
    ) -> Vec<(&'c str, Refusal)> {
        let mut devices = self
            .entries()
            .iter()
            .filter(|it| it.device_type == device_type)
            .peekable();
        if devices.peek().is_some() && devices.all(Entry::is_rendered) {
            return context.map(|key| (key, Refusal::Rendered)).collect();
        }
        if self.is_lava_type(device_type) {
            return Vec::new();
        }
        let Ok(of) = self.types().get(device_type) else {
            return Vec::new();
        };
        let refused = |key| Some((key, of.allows(key).err()?));
        context.filter_map(refused).collect()
    }

    /// What to tell about keys of a context that have no effect on a device, in the words of the field.
    #[must_use]
    pub fn told_of_device<'c>(
        &self,
        device: &Entry,
        context: impl Iterator<Item = &'c str>,
    ) -> Vec<String> {
        let of = &device.device_type;
        if device.is_rendered() {
            let words = |key| Refusal::Rendered.words(of, key);
            return context.map(words).collect();
        }
        self.told_of_type(of, context)
    }

    /// What to tell about keys of a job's `context` that have no effect, each once. `given`: devices that are not the lab's.
    #[must_use]
    pub fn told_of_context(&self, job: &Job, given: &Given) -> Vec<String> {
        let own = job.device_type.iter().map(|of| ("", of, &job.context));
        let roles = job.multinode().into_iter().flat_map(|m| &m.roles);
        let roles = roles.filter_map(|(name, role)| match &role.kind {
            RoleKind::Device { device_type, .. } => Some((&**name, device_type, &role.context)),
            RoleKind::Guest { .. } | RoleKind::Part => None,
        });
        let mut told = Vec::new();
        for (role, of, context) in own.chain(roles) {
            let keys = context.keys().map(String::as_str);
            told.extend(match given.of(role, false) {
                Some(device) => self.told_of_device(device, keys),
                None => self.told_of_type(of, keys),
            });
        }
        told.sort();
        told.dedup();
        told
    }

    fn told_of_type<'c>(&self, of: &str, keys: impl Iterator<Item = &'c str>) -> Vec<String> {
        let words = |(key, why): (&str, Refusal)| {
            let words = why.words(of, key);
            let known = self.types().get(of).ok();
            let near = known.filter(|_| why == Refusal::Unknown).and_then(|known| {
                let near = nearest(key, known.for_jobs())?;
                Some(format!("{words}; did you mean `{near}`?"))
            });
            near.unwrap_or(words)
        };
        let without = self.without_effect(of, keys);
        without.into_iter().map(words).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_context_cannot_set_is_told_with_what_was_meant() {
        let folder = tempfile::tempdir().unwrap();
        let devices = folder.path().join("devices");
        std::fs::create_dir(&devices).unwrap();
        let rendered = "actions: {deploy: {methods: {tftp: }}, boot: {methods: {u-boot: }}}\n";
        for (name, text) in [
            ("ours", "device_type: qemu\n".to_owned()),
            ("theirs", format!("device_type: board\n{rendered}")),
        ] {
            std::fs::write(devices.join(format!("{name}.yaml")), text).unwrap();
        }
        let lab = Inventory::open(Some(folder.path())).unwrap();
        let keys = ["arch", "memroy", "connect"];
        let told = |of: &str, given: &Given| {
            let text = format!(
                "job_name: j\nvisibility: public\ndevice_type: {of}\ncontext: {{arch: arm64}}\ntimeouts: {{job: {{minutes: 5}}}}\n\
                 actions:\n- boot: {{method: qemu, timeout: {{minutes: 1}}}}\n"
            );
            let job = job_schema::parse_job("j", &text);
            let job = job.job.unwrap_or_else(|| panic!("{:?}", job.findings));
            lab.told_of_context(&job, given)
        };
        let none = Given::default();
        assert_eq!(told("qemu", &none), [""; 0]);
        assert_eq!(
            lab.told_of_device(&lab.entries()[0], keys.into_iter()),
            [
                "the device type `qemu` does not use `memroy`; did you mean `memory`?",
                "the device type `qemu` does not let a job set `connect`",
            ]
        );
        let stays = "a device of type `board` is as LAVA has rendered it: `arch` has no effect";
        assert_eq!(told("board", &none), [stays]);
        let file = devices.join("theirs.yaml").display().to_string();
        let given = Given::read(&[file], &[], &lab).unwrap();
        assert_eq!(told("qemu", &given), [stays]);
    }
}
