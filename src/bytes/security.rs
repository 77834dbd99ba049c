//! What a file is granted beside its mode: the extended attributes `security.*` (capabilities, labels, IMA's signatures) and POSIX
//! access control lists. xattr(7), capabilities(7), acl(5), and the kernel's `include/uapi/linux/capability.h`, `posix_acl_xattr.h`.

use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd};
use std::os::unix::ffi::OsStrExt;

use rustix::fs::{CWD, Mode, OFlags};
use rustix::io::Errno;

use super::reach;

/// Attributes by name, sorted.
pub type Attributes = Vec<(Vec<u8>, Vec<u8>)>;

/// No list and no value is longer (`XATTR_LIST_MAX`, `XATTR_SIZE_MAX`).
const MOST: usize = 64 << 10;
/// A digest of the inode with its number, by this machine's key: no two files have the same.
const OWN: &[u8] = b"security.evm";
/// SELinux' label: what is made in a folder has the folder's.
const LABEL: &[u8] = b"security.selinux";

/// Whether an attribute can grant something.
fn grants(name: &[u8]) -> bool {
    let acl = matches!(name, b"system.posix_acl_access" | b"system.posix_acl_default");
    (name.starts_with(b"security.") && name != OWN) || acl
}

/// The attributes of an open file. Where the file system has none, there are none.
///
/// # Errors
/// They are there and can't be read.
pub(crate) fn of_file(file: impl AsFd) -> io::Result<Attributes> {
    let list = |into: &mut [u8]| rustix::fs::flistxattr(&file, into);
    all(list, |name, into| rustix::fs::fgetxattr(&file, name, into))
}

/// The attributes of what is at `path`; of a symbolic link itself, unless `follow`.
///
/// # Errors
/// As `of_file`; or nothing is there.
pub fn at(base: BorrowedFd<'_>, path: &[u8], follow: bool) -> io::Result<Attributes> {
    let found = reach(base, path, |at, rest| {
        if at.as_raw_fd() == CWD.as_raw_fd() || rest.as_bytes().starts_with(b"/") {
            return Ok(by_path(rest.as_bytes(), follow));
        }
        // No call takes a folder and a name. What is only named need not be readable, and is no device that is opened.
        let flags = OFlags::PATH | OFlags::CLOEXEC;
        let flags = if follow { flags } else { flags | OFlags::NOFOLLOW };
        let entry = rustix::fs::openat(at, rest, flags, Mode::empty())?;
        let name = format!("/proc/self/fd/{}", entry.as_raw_fd());
        Ok(match by_path(name.as_bytes(), true) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                Err(io::Error::other("extended attributes can't be read without /proc"))
            }
            found => found,
        })
    });
    found?
}

fn by_path(path: &[u8], follow: bool) -> io::Result<Attributes> {
    if follow {
        let list = |into: &mut [u8]| rustix::fs::listxattr(path, into);
        all(list, |name, into| rustix::fs::getxattr(path, name, into))
    } else {
        let list = |into: &mut [u8]| rustix::fs::llistxattr(path, into);
        all(list, |name, into| rustix::fs::lgetxattr(path, name, into))
    }
}

fn all(
    list: impl Fn(&mut [u8]) -> rustix::io::Result<usize>,
    get: impl Fn(&[u8], &mut [u8]) -> rustix::io::Result<usize>,
) -> io::Result<Attributes> {
    let names = match fetch(list) {
        Err(Errno::NOTSUP | Errno::NOSYS) => return Ok(Vec::new()),
        names => names?,
    };
    let mut found = Vec::new();
    for name in names.split(|&b| b == 0).filter(|name| grants(name)) {
        match fetch(|into| get(name, into)) {
            // Removed since the list was read.
            Err(Errno::NODATA | Errno::NOTSUP) => {}
            value => found.push((name.to_vec(), value?)),
        }
    }
    found.sort_unstable();
    Ok(found)
}

/// Most files have no attribute, and most attributes are short.
fn fetch(act: impl Fn(&mut [u8]) -> rustix::io::Result<usize>) -> rustix::io::Result<Vec<u8>> {
    let mut short = [0; 256];
    match act(&mut short) {
        Err(Errno::RANGE) => {
            let mut long = vec![0; MOST];
            let length = act(&mut long)?;
            long.truncate(length);
            Ok(long)
        }
        length => Ok(short.get(..length?).unwrap_or_default().to_vec()),
    }
}

/// The labels that what lies in these roots has from them.
#[derive(Debug, Default)]
pub struct Inherited(Vec<Vec<u8>>);

impl Inherited {
    /// From the attributes of the roots.
    pub fn of<'a>(roots: impl Iterator<Item = &'a Attributes>) -> Self {
        let labels = roots.flatten().filter(|(name, _)| name == LABEL);
        Self(labels.map(|(_, label)| label.clone()).collect())
    }
    /// Takes labels away that only say where a tree lies: two copies of it in different places are the same.
    pub fn strip(&self, attributes: &mut Attributes) {
        attributes.retain(|(name, value)| name != LABEL || !self.0.contains(value));
    }
}

/// An attribute's value for people; two values never read alike.
pub fn say(name: &[u8], value: &[u8]) -> String {
    let known = match name {
        b"security.capability" => capabilities(value),
        b"system.posix_acl_access" | b"system.posix_acl_default" => acl(value),
        _ => text(value),
    };
    known.unwrap_or_else(|| {
        value
            .iter()
            .fold("0x".to_owned(), |hex, byte| hex + &format!("{byte:02x}"))
    })
}

/// Printable text in quotes, with the zero byte behind it that labels have.
fn text(value: &[u8]) -> Option<String> {
    let (text, end) = match value.strip_suffix(b"\0") {
        Some(text) => (text, "\\0"),
        None => (value, ""),
    };
    let plain = |b: &u8| matches!(b, b' '..=b'~') && !matches!(b, b'"' | b'\\');
    let text = std::str::from_utf8(text)
        .ok()
        .filter(|text| text.bytes().all(|b| plain(&b)))?;
    Some(format!("\"{text}{end}\""))
}

/// Names of the capabilities, by their bit.
const CAPABILITIES: [&str; 41] = [
    "chown",
    "dac_override",
    "dac_read_search",
    "fowner",
    "fsetid",
    "kill",
    "setgid",
    "setuid",
    "setpcap",
    "linux_immutable",
    "net_bind_service",
    "net_broadcast",
    "net_admin",
    "net_raw",
    "ipc_lock",
    "ipc_owner",
    "sys_module",
    "sys_rawio",
    "sys_chroot",
    "sys_ptrace",
    "sys_pacct",
    "sys_admin",
    "sys_boot",
    "sys_nice",
    "sys_resource",
    "sys_time",
    "sys_tty_config",
    "mknod",
    "lease",
    "audit_write",
    "audit_control",
    "setfcap",
    "mac_override",
    "mac_admin",
    "syslog",
    "wake_alarm",
    "block_suspend",
    "audit_read",
    "perfmon",
    "bpf",
    "checkpoint_restore",
];

/// Little-endian numbers, if the value has that many.
fn numbers<const N: usize>(value: &[u8]) -> Option<[u32; N]> {
    let mut found = [0; N];
    (value.len() == N * 4).then_some(())?;
    for (number, bytes) in found.iter_mut().zip(value.chunks_exact(4)) {
        *number = u32::from_le_bytes(bytes.try_into().ok()?);
    }
    Some(found)
}

/// Revision 2, and 3 with the user namespace's root; each 64 permitted and 64 inheritable bits.
fn capabilities(value: &[u8]) -> Option<String> {
    let (head, sets, root) = match (numbers::<5>(value), numbers::<6>(value)) {
        (Some([head, a, b, c, d]), _) if head & !1 == 0x0200_0000 => (head, [a, b, c, d], None),
        (_, Some([head, a, b, c, d, root])) if head & !1 == 0x0300_0000 => (head, [a, b, c, d], Some(root)),
        _ => return None,
    };
    let set = |low: u32, high: u32| {
        let bits = u64::from(low) | u64::from(high) << 32;
        let names = (0..64).filter(|bit| bits >> bit & 1 != 0);
        let names = names.map(|bit: usize| match CAPABILITIES.get(bit) {
            Some(name) => format!("cap_{name}"),
            None => format!("cap_{bit}"),
        });
        names.collect::<Vec<_>>().join(",")
    };
    let [low, inherited_low, high, inherited_high] = sets;
    let effective = if head & 1 == 1 { "effective, " } else { "" };
    let mut said = format!("{effective}permitted {}", set(low, high));
    let inheritable = set(inherited_low, inherited_high);
    if !inheritable.is_empty() {
        said += &format!(", inheritable {inheritable}");
    }
    if let Some(root) = root {
        said += &format!(", for root {root}");
    }
    Some(said)
}

/// Version 2: tag, permissions and id of each entry, as getfacl writes them in short.
fn acl(value: &[u8]) -> Option<String> {
    let entries = value.strip_prefix(&[2, 0, 0, 0])?;
    let mut said = Vec::new();
    for entry in entries.chunks(8) {
        let (tag, permissions) = (entry.get(..2)?, entry.get(2..4)?);
        let id = u32::from_le_bytes(entry.get(4..8)?.try_into().ok()?);
        let (word, named) = match u16::from_le_bytes(tag.try_into().ok()?) {
            0x01 => ("user", false),
            0x02 => ("user", true),
            0x04 => ("group", false),
            0x08 => ("group", true),
            0x10 => ("mask", false),
            0x20 => ("other", false),
            _ => return None,
        };
        let bits = u16::from_le_bytes(permissions.try_into().ok()?);
        let who = match (named, id) {
            (true, id) => id.to_string(),
            (false, u32::MAX) => String::new(),
            _ => return None,
        };
        let letter = |bit: u16, letter| if bits & bit == 0 { '-' } else { letter };
        (bits <= 7).then_some(())?;
        said.push(format!(
            "{word}:{who}:{}{}{}",
            letter(4, 'r'),
            letter(2, 'w'),
            letter(1, 'x')
        ));
    }
    Some(said.join(","))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_read_or_shown_as_they_are() {
        let setuid = b"\x01\0\0\x02\x80\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0";
        assert_eq!(say(b"security.capability", setuid), "effective, permitted cap_setuid");
        let mut other = setuid.to_vec();
        other[4..12].copy_from_slice(&[0, 0x20, 0, 0, 1, 0, 0, 0]);
        other[0] = 0;
        other[12] = 0x80;
        other[3] = 3;
        other.extend(1000_u32.to_le_bytes());
        assert_eq!(
            say(b"security.capability", &other),
            "permitted cap_net_raw,cap_bpf, inheritable cap_chown, for root 1000"
        );
        // A flag that is not known, a value cut short: no name is made up.
        let mut odd = setuid.to_vec();
        odd[0] = 3;
        assert!(say(b"security.capability", &odd).starts_with("0x03000002"));
        assert_eq!(say(b"security.capability", &setuid[..4]), "0x01000002");
        let acl = b"\x02\0\0\0\x01\0\x06\0\xff\xff\xff\xff\x02\0\x07\0\xe8\x03\0\0\x04\0\x04\0\xff\xff\xff\xff\x10\0\x07\0\xff\xff\xff\xff\x20\0\x04\0\xff\xff\xff\xff";
        assert_eq!(
            say(b"system.posix_acl_access", acl),
            "user::rw-,user:1000:rwx,group::r--,mask::rwx,other::r--"
        );
        assert!(say(b"system.posix_acl_access", &acl[..11]).starts_with("0x02"));
        assert_eq!(say(b"security.selinux", b"a_t:s0\0"), "\"a_t:s0\\0\"");
        assert_eq!(say(b"security.selinux", b"a_t:s0"), "\"a_t:s0\"");
        assert_eq!(say(b"security.ima", b"\x03\""), "0x0322");
    }

    #[test]
    fn a_label_that_a_root_has_too_says_where_the_tree_lies() {
        let label = |text: &[u8]| (LABEL.to_vec(), text.to_vec());
        let inherited = Inherited::of([vec![label(b"home")]].iter());
        let mut attributes = vec![label(b"home"), (b"security.ima".to_vec(), b"home".to_vec())];
        inherited.strip(&mut attributes);
        assert_eq!(attributes.len(), 1);
        let mut other = vec![label(b"exec")];
        inherited.strip(&mut other);
        assert_eq!(other.len(), 1);
    }
}
