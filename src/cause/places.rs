//! What the differences of one container have in common.

use super::{find, recoded::recoded};
use crate::model::{Difference, Kind, Right, Role, Side, Span, Value};
use std::collections::{BTreeMap, BTreeSet};

/// Containers by their address.
#[derive(Debug, Default)]
pub struct Places(BTreeMap<String, Place>);

/// What is known of one container.
#[derive(Debug, Default)]
pub struct Place {
    /// Something differs that is neither an identifier nor computed from other bytes.
    pub(crate) substance: bool,
    /// Permission bits that only b has, and that only a has, over the members whose modes a umask can explain.
    modes: (u32, u32),
    /// How many modes these are, and how many of other members have bits that such a umask takes away.
    umask: (usize, usize),
    /// One of these is a folder or a program, which a umask changes, too.
    folders: bool,
    /// Each owner of one side stands for one of the other throughout.
    owners: bool,
    /// Names of owners differ, and their numbers do not: a reader takes the name first.
    renamed: bool,
    /// An owner differs, and another stays: somebody was given something.
    singled: bool,
    /// An account of the system is among those that differ.
    system: bool,
    /// It is installed, or lies in what is.
    package: bool,
    /// Lines that differ only in how they end, one behind the other from the start of the text: how many, how far they reach, and
    /// whether a has the carriage returns.
    pub(crate) line_ends: Option<(usize, Span, bool)>,
    /// A stream was compressed in another way.
    pub compression: bool,
    /// A line differs in more than its end.
    pub lines: bool,
    /// A text outside ASCII differs in more than its encoding.
    pub letters: bool,
}

impl Places {
    /// Reads every difference once.
    pub fn of<'s>(
        differences: &[&Difference],
        known: impl Iterator<Item = (&'s str, Kind, &'s [Right])> + Clone,
    ) -> Self {
        let mut places = Self::default();
        for difference in differences {
            let place = places.0.entry(difference.place().to_owned()).or_default();
            place.substance |= substance(difference);
            if let Some((a, b)) = masked(difference) {
                place.modes = (place.modes.0 | b & !a, place.modes.1 | a & !b);
                place.umask.0 += 1;
                place.folders |= a & b & 0o100 != 0;
            }
            place.compression |= difference.role == Role::Compression;
            let outside = |side: &Side| !side.unit.is_ascii();
            if find::textual(difference) && (outside(&difference.a) || outside(&difference.b)) {
                place.letters |= !recoded(difference);
            }
            place.lines |=
                matches!(difference.role, Role::Text | Role::Presence) && carriage_return(difference).is_none();
            if let Some(of_a) = carriage_return(difference) {
                let span = difference.a.span;
                match &mut place.line_ends {
                    None if span.start == 0 => place.line_ends = Some((1, span, of_a)),
                    Some((count, reach, same)) if *same == of_a && reach.end == span.start => {
                        (*count, reach.end) = (*count + 1, span.end);
                    }
                    _ => {}
                }
            }
        }
        let packages = known
            .clone()
            .filter(|(_, kind, _)| matches!(kind, Kind::Package | Kind::Volume))
            .map(|(at, ..)| at);
        let packages: Vec<&str> = packages.collect();
        for (address, kind, rights) in known.filter(|(.., rights)| !rights.is_empty()) {
            let Some(place) = places.0.get_mut(address) else {
                continue;
            };
            place.rights(rights);
            let inside = |outer: &&str| {
                outer.is_empty() || address.strip_prefix(*outer).is_some_and(|rest| rest.starts_with('/'))
            };
            place.package = matches!(kind, Kind::Package | Kind::Volume) || packages.iter().any(inside);
        }
        // What differs inside an artifact differs in all that hold it.
        let inner: Vec<String> = places
            .0
            .iter()
            .filter(|(_, p)| p.substance)
            .map(|(at, _)| at.clone())
            .collect();
        for address in inner {
            for (slash, _) in address.match_indices('/') {
                if let Some(outer) = places.0.get_mut(&address[..slash]) {
                    outer.substance = true;
                }
            }
        }
        places
    }
    /// The container of a difference.
    pub fn around(&self, difference: &Difference) -> Option<&Place> {
        self.0.get(difference.place())
    }
    /// Whether something differs in the container that an identifier or a signature would follow.
    pub(crate) fn substance(&self, difference: &Difference) -> bool {
        self.around(difference).is_some_and(|place| place.substance)
    }
}

impl Place {
    /// What is true of all owners and modes, those that do not differ among them.
    fn rights(&mut self, rights: &[Right]) {
        let taken = self.modes.0 | self.modes.1;
        let (mut forth, mut back) = (BTreeMap::new(), BTreeMap::new());
        self.owners = true;
        let differs = |number: bool| {
            rights.iter().any(|right| {
                right.role == Role::Owner && right.a != right.b && matches!(right.a, Value::Number(_)) == number
            })
        };
        self.renamed = differs(false) && !differs(true);
        let owners = || rights.iter().filter(|right| right.role == Role::Owner);
        let changed: BTreeSet<&str> = owners().filter(|r| r.a != r.b).map(|r| &*r.field).collect();
        self.singled = owners().any(|r| r.a == r.b && changed.contains(&*r.field));
        self.system = owners()
            .filter(|r| r.a != r.b)
            .any(|r| system(&r.field, &r.a) || system(&r.field, &r.b));
        for right in rights {
            match (&right.a, &right.b) {
                // A link has all bits whatever the umask is.
                (Value::Mode(a), Value::Mode(b)) if a == b && a & taken != 0 && *a != 0o777 => self.umask.1 += 1,
                _ if right.role == Role::Owner => {
                    let (a, b) = (format!("{:?}", right.a), format!("{:?}", right.b));
                    self.owners &= *forth.entry((&right.field, a.clone())).or_insert(b.clone()) == b;
                    self.owners &= *back.entry((&right.field, b)).or_insert(a.clone()) == a;
                }
                _ => {}
            }
        }
    }
    /// Whether the owners differ as those of two builders do: one mapping fits all members. That root's files became somebody else's may be
    /// another builder, or a gift; of what is installed it is the latter.
    pub(crate) fn builders(&self) -> Fit {
        match self.owners {
            true if !(self.renamed || self.singled || self.system) => Fit::All,
            true if !self.package => Fit::Most,
            _ => Fit::None,
        }
    }
    /// How well one pair of umasks, one stricter than the other, fits a pair of modes and all the others.
    pub fn umask(&self, a: u32, b: u32) -> Fit {
        let (only_b, only_a) = self.modes;
        let (differing, others) = self.umask;
        let stricter = (only_a == 0 || only_b == 0) && a & only_b == 0 && b & only_a == 0;
        // A secret that was opened is no umask where nothing but secrets were, nor is the right to write a habit of all.
        let secret = matches!(a & b, 0o600 | 0o400);
        let usual = (only_a | only_b) & 0o022 == 0 && self.folders;
        match stricter {
            true if others == 0 && differing > 1 && usual => Fit::All,
            true if differing > others && (differing > 1 || !secret) => Fit::Most,
            _ => Fit::None,
        }
    }
}

/// Whether an owner is an account of the system, which may do what people may not: by the numbers that distributions give to these, or by
/// its name.
fn system(field: &str, owner: &Value) -> bool {
    match owner {
        Value::Number(number) => *number < if field.ends_with("uid") { 500 } else { 100 },
        Value::Text(name) => ACCOUNTS.contains(&name.as_str()),
        _ => true,
    }
}

/// Names that Debian's base-passwd and usual servers give to accounts and groups.
const ACCOUNTS: &[&str] = &[
    "_apt",
    "adm",
    "admin",
    "apache",
    "audio",
    "backup",
    "bin",
    "cdrom",
    "crontab",
    "daemon",
    "dialout",
    "dip",
    "disk",
    "docker",
    "fax",
    "floppy",
    "ftp",
    "games",
    "git",
    "gnats",
    "http",
    "input",
    "irc",
    "jenkins",
    "kmem",
    "kvm",
    "libvirt",
    "list",
    "lp",
    "lpadmin",
    "lxd",
    "mail",
    "man",
    "messagebus",
    "mysql",
    "news",
    "nginx",
    "nobody",
    "nogroup",
    "ntp",
    "operator",
    "plugdev",
    "polkitd",
    "postfix",
    "postgres",
    "proxy",
    "redis",
    "render",
    "root",
    "sasl",
    "shadow",
    "src",
    "ssh",
    "sshd",
    "staff",
    "sudo",
    "sync",
    "sys",
    "systemd-journal",
    "systemd-network",
    "tape",
    "tomcat",
    "tty",
    "utmp",
    "uucp",
    "video",
    "voice",
    "wheel",
    "www-data",
];

/// How many of the members a rule fits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fit {
    /// Every one.
    All,
    /// More than it does not fit.
    Most,
    /// Too few.
    None,
}

fn substance(difference: &Difference) -> bool {
    let derived = |value: &Value| matches!(value, Value::Derived { .. });
    let follows = matches!(
        difference.role,
        Role::Identifier | Role::Checksum | Role::Signature | Role::Size | Role::Offset | Role::Padding
    );
    // The link to the debug file is named after the build ID.
    let link = difference.kind == Kind::Executable && difference.address.contains(".gnu_debuglink/");
    !follows && !link && !derived(&difference.a.value) && !derived(&difference.b.value)
}

/// The two modes, where a umask can make one of the other: only bits of group and others differ, never write for others, and a
/// right to execute only with the right to read and where the owner has it.
pub fn masked(difference: &Difference) -> Option<(u32, u32)> {
    let (Value::Mode(a), Value::Mode(b)) = (&difference.a.value, &difference.b.value) else {
        return None;
    };
    if difference.role != Role::Mode || !difference.both() {
        return None;
    }
    let (a, b) = (*a & 0o7777, *b & 0o7777);
    let differ = a ^ b;
    let executable = |shift: u32| differ >> shift & 1 == 0 || (differ >> shift & 4 != 0 && a & b & 0o100 != 0);
    // Who may run a set-ID program is its own matter.
    let grants = (a | b) & 0o6000 != 0;
    (differ != 0 && !grants && differ & !0o075 == 0 && executable(0) && executable(3)).then_some((a, b))
}

/// For a line that ends in CR LF on one side and in LF on the other, and is otherwise equal: whether a has the CR.
pub(crate) fn carriage_return(difference: &Difference) -> Option<bool> {
    if difference.role != Role::Text || !difference.both() {
        return None;
    }
    let (a, b): (&[u8], &[u8]) = (&difference.a.unit, &difference.b.unit);
    let crlf = |long: &[u8], short: &[u8]| {
        long.strip_suffix(b"\r\n")
            .is_some_and(|line| short.strip_suffix(b"\n") == Some(line))
    };
    if crlf(a, b) {
        Some(true)
    } else {
        crlf(b, a).then_some(false)
    }
}
