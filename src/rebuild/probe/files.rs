//! What files tell: their times, modes, owners and order, and what they lie on.

use super::Seen;
use std::{
    fs::{self, Metadata},
    io,
    os::unix::fs::{MetadataExt, PermissionsExt},
    path::Path,
};

/// Made in the working folder, and removed again.
const FOLDER: &str = ".repro-probe";
/// Enough for a file system to show an order of its own.
const FILES: u64 = 60;
/// So many source files' times are shown.
const SHOWN: usize = 8;

pub(super) fn observe(seen: &mut Seen) {
    let here = std::path::absolute(".").ok();
    // The path is what the probe is there to see.
    seen.maybe("working_folder", here.map(|path| path.display().to_string()));
    sources(seen);
    filesystem(seen);
    let made = fs::create_dir(FOLDER).and_then(|()| written(seen, Path::new(FOLDER)));
    // What can't be made is missing from all keys alike.
    if let Err(error) = made {
        for key in [
            "written_time",
            "changed_time",
            "new_file_mode",
            "file_owner",
            "directory_order",
        ] {
            seen.0.entry(key.to_owned()).or_insert_with(|| format!("({error})"));
        }
    }
    let folder = fs::metadata(FOLDER).ok();
    seen.maybe("directory_size", folder.as_ref().map(Metadata::len));
    seen.maybe("folder_links", folder.as_ref().map(MetadataExt::nlink));
    seen.maybe("folder_time", folder.as_ref().map(modified));
    let _ = fs::remove_dir_all(FOLDER);
    let localtime = fs::read_link("/etc/localtime").map(|path| path.display().to_string());
    let localtime = localtime.or_else(|_| fs::read("/etc/localtime").map(|bytes| format!("{} bytes", bytes.len())));
    seen.maybe("localtime", localtime.ok());
    let processors = fs::read_dir("/sys/devices/system/cpu").map(|entries| {
        let names = entries.flatten().map(|entry| entry.file_name());
        names.filter(|name| is_processor(&name.to_string_lossy())).count()
    });
    seen.maybe("sys_cpus", processors.ok());
    let temporary = super::variable("TMPDIR").unwrap_or_else(|| "/tmp".to_owned());
    let writable = tempfile::tempfile_in(temporary).is_ok();
    seen.add("temporary_folder", if writable { "writable" } else { "not writable" });
}

fn is_processor(name: &str) -> bool {
    let number = name.strip_prefix("cpu").unwrap_or_default();
    !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())
}

fn modified(of: &Metadata) -> String {
    format!("{}.{:09}", of.mtime(), of.mtime_nsec())
}

fn changed(of: &Metadata) -> String {
    format!("{}.{:09}", of.ctime(), of.ctime_nsec())
}

/// Times of the files that were there before.
fn sources(seen: &mut Seen) {
    let entries = fs::read_dir(".").map(|entries| entries.flatten().collect::<Vec<_>>());
    let mut found: Vec<(String, Metadata)> = entries
        .unwrap_or_default()
        .iter()
        .filter_map(|entry| Some((entry.file_name().to_string_lossy().into_owned(), entry.metadata().ok()?)))
        .filter(|(_, metadata)| metadata.is_file())
        .collect();
    found.sort_by(|a, b| a.0.cmp(&b.0));
    let each = |of: fn(&Metadata) -> String| {
        let times = found
            .iter()
            .take(SHOWN)
            .map(|(name, metadata)| format!("{name} {}", of(metadata)));
        times.collect::<Vec<_>>().join(", ")
    };
    seen.add("source_times", each(modified));
    seen.add("source_change_times", each(changed));
}

/// What a file shows that was just written, and in which order files are listed.
fn written(seen: &mut Seen, folder: &Path) -> io::Result<()> {
    for n in 0..FILES {
        // Names whose order is neither that of making nor that of a hash of a number.
        let name = format!("{:016x}", (n + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
        fs::write(folder.join(name), b"probe\n")?;
    }
    let mut listed = Vec::new();
    for entry in fs::read_dir(folder)? {
        listed.push(entry?.file_name().to_string_lossy().into_owned());
    }
    let order = if listed.is_sorted() {
        "sorted".to_owned()
    } else if listed.iter().rev().is_sorted() {
        "reversed".to_owned()
    } else {
        let first: Vec<&str> = listed.iter().take(6).map(String::as_str).collect();
        format!("the file system's: {} …", first.join(" "))
    };
    seen.add("directory_order", order);
    let path = folder.join(&listed[0]);
    // statx and stat are two calls.
    let (new, old) = (fs::metadata(&path)?, nix::sys::stat::stat(&path)?);
    seen.add(
        "written_time",
        format!("{} {}.{:09}", modified(&new), old.st_mtime, old.st_mtime_nsec),
    );
    seen.add(
        "changed_time",
        format!("{} {}.{:09}", changed(&new), old.st_ctime, old.st_ctime_nsec),
    );
    seen.add("new_file_mode", format!("{:03o}", new.permissions().mode() & 0o777));
    seen.add(
        "file_owner",
        format!("{}:{} {}:{}", new.uid(), new.gid(), old.st_uid, old.st_gid),
    );
    Ok(())
}

fn filesystem(seen: &mut Seen) {
    let found = nix::sys::statfs::statfs(".").ok();
    seen.maybe(
        "filesystem",
        found.map(|found| format!("{:#x}", found.filesystem_type().0)),
    );
    seen.maybe("block_size", found.map(|found| found.block_size()));
}
