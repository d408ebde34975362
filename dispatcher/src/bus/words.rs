//! The bus in words. Ids and reasons come from nodes, so they are escaped and cut.

use super::data::{MemberId, START_ID};
use super::machine::{Group, State};
use super::waits::{Need, Waiter};

const NAME: usize = 32;
const WHY: usize = 120;
const NAMES: usize = 3;

/// One line of at most `max` characters.
pub(super) fn short(text: &str, max: usize) -> String {
    let mut line = String::new();
    for (count, char) in text.chars().enumerate() {
        if count == max {
            line.push('…');
            break;
        }
        if char.is_control() {
            line.extend(char.escape_default());
        } else {
            line.push(char);
        }
    }
    line
}

pub(super) fn id(id: &str) -> String {
    short(id, NAME)
}

pub(super) fn name(group: &Group, member: MemberId) -> String {
    short(&group.members()[member.0].name, NAME)
}

/// `host, guest-1, guest-2 and 97 more`
pub(super) fn names(group: &Group, members: &[MemberId]) -> String {
    let (named, rest) = members.split_at(members.len().min(NAMES));
    let named: Vec<String> = named.iter().map(|member| name(group, *member)).collect();
    let named = named.join(", ");
    match rest.len() {
        0 => named,
        more => format!("{named} and {more} more"),
    }
}

/// Why a member that is not running does nothing: `host ended at step 3.1 (JobError)`.
pub(super) fn gone(group: &Group, member: MemberId) -> String {
    let name = name(group, member);
    match group.state(member) {
        Some(State::Ended(end)) if end.why.is_empty() => format!("{name} ended"),
        Some(State::Ended(end)) if end.why.starts_with("ended") => {
            format!("{name} {}", short(&end.why, WHY))
        }
        Some(State::Ended(end)) => format!("{name} ended: {}", short(&end.why, WHY)),
        Some(State::Unstartable) => format!("{name} can no longer start"),
        Some(State::Starting) => format!("{name} has not started yet"),
        Some(State::Running) | None => format!("{name} is running"),
    }
}

pub(super) fn is_gone(group: &Group, member: MemberId) -> bool {
    matches!(
        group.state(member),
        Some(State::Ended(_) | State::Unstartable)
    )
}

/// What an outstanding wait lacks.
pub(super) fn waiting(group: &Group, waiter: Waiter) -> Option<String> {
    let pending = group.waits.get(waiter)?;
    let lacking: Vec<MemberId> = (0..group.members().len())
        .map(MemberId)
        .filter(|other| {
            *other != pending.member && group.owes(*other, &pending.need) && !is_gone(group, *other)
        })
        .collect();
    let lacking = names(group, &lacking);
    Some(match (&pending.need, waiter) {
        (_, Waiter::Start(_)) => format!("start: {START_ID} from {lacking}"),
        (Need::Any(id), _) if lacking.is_empty() => format!("lava-wait {}", self::id(id)),
        (Need::Any(id), _) => format!("lava-wait {}: from {lacking}", self::id(id)),
        (Need::All(id, _), _) => format!("lava-wait-all {}: from {lacking}", self::id(id)),
        (Need::Sync(id), _) => format!("lava-sync {}: {lacking} not there yet", self::id(id)),
    })
}

pub(super) fn cancelled(group: &Group, member: MemberId) -> String {
    let role = id(&group.members()[member.0].role);
    format!("the role {role} is essential, and {}", gone(group, member))
}

pub(super) fn not_running(group: &Group, member: MemberId) -> String {
    if group.state(member).is_none() {
        return format!("the group has no member number {}", member.0);
    }
    format!("a wait needs a running member, and {}", gone(group, member))
}

pub(super) fn wait_for_unknown_role(
    group: &Group,
    member: MemberId,
    id: &str,
    role: &str,
) -> String {
    format!(
        "{} waits for '{}' from the role '{}' (lava-wait-all), and the group has only the roles {}",
        name(group, member),
        self::id(id),
        self::id(role),
        roles(group),
    )
}

pub(super) fn start_of_unknown_role(group: &Group, member: MemberId, role: &str) -> String {
    format!(
        "{} starts only after the role '{}' has sent '{START_ID}', and the group has only the roles {}",
        name(group, member),
        id(role),
        roles(group),
    )
}

fn roles(group: &Group) -> String {
    let mut roles = group.roles.names();
    let named: Vec<String> = roles.by_ref().take(NAMES + 2).map(id).collect();
    let named = named.join(", ");
    match roles.count() {
        0 => named,
        more => format!("{named} and {more} more"),
    }
}
