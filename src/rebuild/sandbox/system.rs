//! The system files that tell of the machine, its user and its time: as the environment wants them.

use super::{
    RunSpec,
    kernel::{bind, saying},
    root::Root,
};
use crate::{
    bytes::Error,
    notation::hex,
    rebuild::environment::{Environment, User},
};
use std::{fs, os::unix::fs::symlink, path::Path};

/// What the machine's start is told to be is the uptime before this moment, whatever the clock shows.
const EPOCH: u64 = 1_700_000_000;
/// A file that no build reads to its end.
const ENDLESS: u64 = 1 << 40;

/// Puts all of them into the root.
pub(super) fn dress(spec: &RunSpec, root: &Root) -> Result<(), Error> {
    let environment = &spec.environment;
    etc(environment, root)?;
    processors(environment, root)?;
    random(environment, root)?;
    let uptime = environment.uptime;
    root.cover("/proc/uptime", format!("{uptime}.00 {uptime}.00\n").as_bytes())?;
    root.cover("/proc/loadavg", b"0.00 0.00 0.00 1/1 1\n")?;
    if let Some(kernel) = &environment.kernel {
        let (release, version) = (&kernel.release, &kernel.version);
        let line = format!("Linux version {release} (builder@kernel) (gcc) {version}\n");
        root.cover("/proc/version", line.as_bytes())?;
        root.cover("/proc/sys/kernel/osrelease", format!("{release}\n").as_bytes())?;
        root.cover("/proc/sys/kernel/version", format!("{version}\n").as_bytes())?;
    }
    shell(environment, root)
}

/// `/etc`: user, host, zone.
fn etc(environment: &Environment, root: &Root) -> Result<(), Error> {
    let Environment {
        user,
        home,
        hostname,
        domainname,
        zone,
        ..
    } = environment;
    let User {
        uid,
        gid,
        name,
        group,
        gecos,
        shell,
    } = user;
    let passwd = format!("{name}:x:{uid}:{gid}:{gecos}:{home}:{shell}\n") + &others("/etc/passwd", name, *uid);
    let groups = format!("{group}:x:{gid}:\n") + &others("/etc/group", group, *gid);
    let hosts = format!("127.0.0.1 localhost\n127.0.1.1 {hostname}.{domainname} {hostname}\n::1 localhost\n");
    let machine = blake3::hash(hostname.as_bytes()).to_hex();
    let files = [
        ("passwd", passwd),
        ("group", groups),
        ("hosts", hosts),
        ("hostname", format!("{hostname}\n")),
        ("timezone", format!("{zone}\n")),
        ("machine-id", format!("{}\n", &machine[..32])),
    ];
    let laid = root.overlay("/etc", |upper| {
        for (name, text) in &files {
            if Path::new("/etc").join(name).exists() || *name != "machine-id" {
                fs::write(upper.join(name), text).map_err(saying(format!("/etc/{name}")))?;
            }
        }
        let file = Path::new("/usr/share/zoneinfo").join(zone);
        if file.is_file() {
            symlink(file, upper.join("localtime")).map_err(saying("/etc/localtime"))?;
        }
        Ok(())
    });
    // Without overlays: whatever is there and is a file.
    laid.or_else(|_| {
        files
            .iter()
            .try_for_each(|(name, text)| root.cover(&format!("/etc/{name}"), text.as_bytes()))
    })
}

/// The machine's other users or groups: those with another name and another number.
fn others(file: &str, name: &str, id: u32) -> String {
    let text = fs::read_to_string(file).unwrap_or_default();
    text.lines()
        .filter(|line| {
            let mut fields = line.split(':');
            fields.next() != Some(name) && fields.nth(1) != Some(id.to_string().as_str())
        })
        .map(|line| format!("{line}\n"))
        .collect()
}

/// Number and model of the processors.
fn processors(environment: &Environment, root: &Root) -> Result<(), Error> {
    let count = environment.processors.max(1);
    let machine = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let first = machine.split("\n\n").next().unwrap_or_default();
    let mut info = String::new();
    for n in 0..count {
        for line in first.lines() {
            let (key, value) = line.split_once(':').unwrap_or((line, ""));
            let value = match (key.trim(), &environment.cpu_model) {
                ("processor" | "core id" | "apicid" | "initial apicid", _) => n.to_string(),
                ("siblings" | "cpu cores", _) => count.to_string(),
                // It changes all the time.
                ("cpu MHz", _) => "2000.000".to_owned(),
                ("model name", Some(model)) => model.clone(),
                _ => value.trim_start().to_owned(),
            };
            info += &format!("{key}: {value}\n");
        }
        info += "\n";
    }
    root.cover("/proc/cpuinfo", info.as_bytes())?;
    let range = if count == 1 {
        "0\n".to_owned()
    } else {
        format!("0-{}\n", count - 1)
    };
    for name in ["online", "possible", "present"] {
        root.cover(&format!("/sys/devices/system/cpu/{name}"), range.as_bytes())?;
    }
    let idle = "0 0 0 0 0 0 0 0 0 0";
    let mut stat = format!("cpu  {idle}\n");
    for n in 0..count {
        stat += &format!("cpu{n} {idle}\n");
    }
    let started = EPOCH.saturating_sub(environment.uptime);
    stat += &format!("intr 0\nctxt 0\nbtime {started}\nprocesses 1\nprocs_running 1\nprocs_blocked 0\n");
    root.cover("/proc/stat", stat.as_bytes())
}

/// The devices and files that give random bytes.
fn random(environment: &Environment, root: &Root) -> Result<(), Error> {
    let mut bytes = vec![0; 1 << 16];
    blake3::Hasher::new()
        .update(&environment.random.to_le_bytes())
        .finalize_xof()
        .fill(&mut bytes);
    for device in ["/dev/urandom", "/dev/random"] {
        let file = root.lend(device, &bytes)?;
        let open = fs::File::options().write(true).open(&file);
        open.and_then(|file| file.set_len(ENDLESS)).map_err(saying(device))?;
        bind(&file, &root.inside(device))?;
    }
    for (name, at) in [("uuid", 0), ("boot_id", 16)] {
        let mut id: [u8; 16] = bytes[at..at + 16].try_into().unwrap_or_default();
        // Version 4, variant 1 (RFC 9562, 5.4).
        id[6] = id[6] & 0x0f | 0x40;
        id[8] = id[8] & 0x3f | 0x80;
        let hex = hex(&id);
        let text = format!(
            "{}-{}-{}-{}-{}\n",
            &hex[..8],
            &hex[8..12],
            &hex[12..16],
            &hex[16..20],
            &hex[20..]
        );
        root.cover(&format!("/proc/sys/kernel/random/{name}"), text.as_bytes())?;
    }
    Ok(())
}

/// `/bin/sh`: a new link in its folder.
fn shell(environment: &Environment, root: &Root) -> Result<(), Error> {
    let Some(shell) = &environment.shell else { return Ok(()) };
    let bin = fs::canonicalize("/bin").map_err(saying("/bin"))?;
    root.overlay(&bin.to_string_lossy(), |upper| {
        symlink(shell, upper.join("sh")).map_err(saying("/bin/sh"))
    })
}
