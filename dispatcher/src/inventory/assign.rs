//! Who gets which device: every request its own, found by augmenting paths so that a picky request is not starved by
//! one that would take anything.

use super::lab::Entry;

/// A node that needs a device.
#[derive(Debug, Clone)]
pub struct Request {
    /// The node, for messages.
    pub node: String,
    /// `device_type`.
    pub device_type: String,
    /// `device`: this one and no other.
    pub device: Option<String>,
    /// `tags` that the device must have.
    pub tags: Vec<String>,
}

impl Request {
    /// Whether it could have this device, were it free.
    #[must_use]
    pub fn accepts(&self, entry: &Entry) -> bool {
        self.device_type == entry.device_type
            && self.device.as_ref().is_none_or(|d| *d == entry.name)
            && self.tags.iter().all(|t| entry.tags.contains(t))
    }

    /// What it asks for: `ssh with the tags fast`.
    #[must_use]
    pub fn words(&self) -> String {
        let mut words = self.device_type.clone();
        if let Some(device) = &self.device {
            words.push_str(&format!(" named {device}"));
        }
        if !self.tags.is_empty() {
            words.push_str(&format!(" with the tags {}", self.tags.join(", ")));
        }
        words
    }
}

/// Gives every request a different free device: indices into `entries`, in the order of the requests.
///
/// # Errors
/// A sentence that says which devices are missing, and who holds those that are busy (`busy` says it per entry).
pub fn assign(
    requests: &[Request],
    entries: &[Entry],
    busy: &[Option<String>],
) -> Result<Vec<usize>, String> {
    let fits = |request: usize, device: usize| {
        busy[device].is_none() && requests[request].accepts(&entries[device])
    };
    match_up(requests.len(), entries.len(), &fits)
        .map_err(|request| too_few(&requests[request], requests, entries, busy))
}

/// Gives every request a different device that `fits` it (request, device): devices in the order of the requests.
///
/// # Errors
/// The first request that no device is left for, however the others are served.
pub(super) fn match_up(
    requests: usize,
    devices: usize,
    fits: &dyn Fn(usize, usize) -> bool,
) -> Result<Vec<usize>, usize> {
    let mut owner: Vec<Option<usize>> = vec![None; devices];
    for request in 0..requests {
        let mut tried = vec![false; devices];
        if !place(request, fits, &mut owner, &mut tried) {
            return Err(request);
        }
    }
    let mut given = vec![0; requests];
    for (device, owner) in owner.iter().enumerate() {
        if let Some(request) = owner {
            given[*request] = device;
        }
    }
    Ok(given)
}

fn place(
    request: usize,
    fits: &dyn Fn(usize, usize) -> bool,
    owner: &mut [Option<usize>],
    tried: &mut [bool],
) -> bool {
    // A free one first, in the order of the lab; only then somebody who could take another is moved.
    let free = (0..owner.len()).find(|d| owner[*d].is_none() && fits(request, *d));
    if let Some(device) = free {
        owner[device] = Some(request);
        return true;
    }
    for device in 0..owner.len() {
        if tried[device] || !fits(request, device) {
            continue;
        }
        tried[device] = true;
        if let Some(other) = owner[device]
            && place(other, fits, owner, tried)
        {
            owner[device] = Some(request);
            return true;
        }
    }
    false
}

fn too_few(
    request: &Request,
    requests: &[Request],
    entries: &[Entry],
    busy: &[Option<String>],
) -> String {
    let wanted = requests
        .iter()
        .filter(|r| r.words() == request.words())
        .count();
    let fitting: Vec<usize> = (0..entries.len())
        .filter(|i| request.accepts(&entries[*i]))
        .collect();
    let held: Vec<String> = fitting
        .iter()
        .filter_map(|i| Some(format!("{} is {}", entries[*i].name, busy[*i].as_ref()?)))
        .collect();
    let mut message = format!(
        "too few devices: the job needs {wanted} of type {}, the lab has {}",
        request.words(),
        fitting.len()
    );
    if !held.is_empty() {
        message.push_str(&format!(" ({})", held.join("; ")));
    }
    if fitting.is_empty() {
        let mut types: Vec<&str> = entries.iter().map(|e| e.device_type.as_str()).collect();
        types.sort_unstable();
        types.dedup();
        message.push_str(&format!(
            "; it has devices of type {}. Add one to devices/ of the lab folder, or choose another lab with --lab",
            if types.is_empty() { "none".to_owned() } else { types.join(", ") }
        ));
    }
    message
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(tags: &[&str]) -> Request {
        Request {
            node: "n".into(),
            device_type: "ssh".into(),
            device: None,
            tags: tags.iter().map(|t| (*t).to_owned()).collect(),
        }
    }

    fn lab(tags: &[&[&str]]) -> Vec<Entry> {
        let entry = |(i, tags): (usize, &&[&str])| Entry::for_tests(&format!("d{i}"), "ssh", tags);
        tags.iter().enumerate().map(entry).collect()
    }

    #[test]
    fn a_picky_request_is_not_starved() {
        let entries = lab(&[&["fast"], &[]]);
        let given = assign(&[request(&[]), request(&["fast"])], &entries, &[None, None]);
        assert_eq!(given.unwrap(), [1, 0]);
    }

    #[test]
    fn devices_are_taken_in_order() {
        let entries = lab(&[&[], &[], &[]]);
        let given = assign(&[request(&[]), request(&[])], &entries, &[None, None, None]);
        assert_eq!(given.unwrap(), [0, 1]);
    }

    #[test]
    fn too_few_says_who_holds_them() {
        let entries = lab(&[&["x"], &["x"]]);
        let busy = [None, Some("in use by run 7".to_owned())];
        let said = assign(&[request(&["x"]), request(&["x"])], &entries, &busy).unwrap_err();
        assert_eq!(
            said,
            "too few devices: the job needs 2 of type ssh with the tags x, the lab has 2 (d1 is in use by run 7)"
        );
    }
}
